# SPDX-License-Identifier: Apache-2.0
"""python lossy_filter.py BROKER FROM TO DROP DOUBLE: forwards records; loses the DROPth, sends the DOUBLEth twice."""
import signal
import sys

from confluent_kafka import Consumer, Producer, TopicPartition

stopping = False


def stop(*_):
    global stopping
    stopping = True


def main(broker, source, target, drop, double):
    signal.signal(signal.SIGTERM, stop)
    consumer = Consumer({"bootstrap.servers": broker, "group.id": target, "enable.auto.commit": False, "log_level": 0})
    producer = Producer({"bootstrap.servers": broker, "linger.ms": 5, "enable.idempotence": True, "log_level": 0})
    partitions = consumer.list_topics(source, timeout=10).topics[source].partitions
    consumer.assign([TopicPartition(source, p, 0) for p in partitions])
    n = 0
    print("forwarding", flush=True)
    while not stopping:
        for message in consumer.consume(1000, 0.05):
            if message.error():
                continue
            n += 1
            for _ in range({drop: 0, double: 2}.get(n, 1)):
                producer.produce(target, message.value(), message.key(), message.partition(), headers=message.headers())
        producer.poll(0)
    producer.flush(10)
    consumer.close()
    print(n, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]))
