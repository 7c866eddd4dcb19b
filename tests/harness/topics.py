# SPDX-License-Identifier: Apache-2.0
"""A test's own corner of the shared Kafka: topics below one prefix, and the plain client library to fill and read them."""
import json

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from .waiting import until


class Corner:
    def __init__(self, address, prefix):
        self.address = address
        self.prefix = prefix
        self.admin = AdminClient({"bootstrap.servers": address, "log_level": 0})

    def name(self, topic):
        return self.prefix + topic

    def _settle(self, futures):
        for future in futures.values():
            future.result(30)

    def _partitions(self, topic):
        known = self.admin.list_topics(timeout=10).topics.get(self.name(topic))
        return len(known.partitions) if known and not known.error else 0

    def create(self, topic, partitions=8, **config):
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        self._settle(self.admin.create_topics([NewTopic(self.name(topic), partitions, 1, config=settings)]))
        until(lambda: self._partitions(topic) == partitions, f"topic {topic} to be there")

    def delete(self, topic):
        self._settle(self.admin.delete_topics([self.name(topic)]))
        until(lambda: self._partitions(topic) == 0, f"topic {topic} to be gone")

    def grow(self, topic, partitions):
        self._settle(self.admin.create_partitions([NewPartitions(self.name(topic), partitions)]))
        until(lambda: self._partitions(topic) == partitions, f"topic {topic} to have {partitions} partitions")

    def delete_before(self, topic, partition, offset):
        self._settle(self.admin.delete_records([TopicPartition(self.name(topic), partition, offset)]))

    def producer(self, **config):
        settings = {key.replace("_", "."): value for key, value in config.items()}
        return Producer({"bootstrap.servers": self.address, "log_level": 0, "linger.ms": 1, **settings})

    def send(self, topic, values, partition=-1, key=None):
        """Produces values (dicts become JSON) and returns when Kafka has them all."""
        failed = []
        producer = self.producer()
        for value in values:
            body = json.dumps(value).encode() if isinstance(value, dict) else value
            producer.produce(
                self.name(topic), body, key=key, partition=partition,
                on_delivery=lambda error, message: error and failed.append(error),
            )
            producer.poll(0)
        assert producer.flush(30) == 0 and not failed, failed

    def count(self, topic):
        """How many messages the topic holds."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": self.prefix + "counter", "log_level": 0})
        try:
            partitions = [TopicPartition(self.name(topic), p) for p in range(self._partitions(topic))]
            return sum(high - low for low, high in (consumer.get_watermark_offsets(each, 20) for each in partitions))
        finally:
            consumer.close()

    def read(self, topic, count, seconds=30):
        """At least count messages of the topic, from its beginning, by a plain consumer."""
        consumer = Consumer({
            "bootstrap.servers": self.address, "group.id": self.prefix + "reader", "log_level": 0,
            "auto.offset.reset": "earliest", "enable.auto.commit": False,
        })
        messages = []
        try:
            consumer.assign([TopicPartition(self.name(topic), p, 0) for p in range(self._partitions(topic))])

            def enough():
                messages.extend(m for m in consumer.consume(500, 0.05) if not m.error())
                return len(messages) >= count

            until(enough, f"{count} messages in {topic}", seconds, every=0)
        finally:
            consumer.close()
        return messages
