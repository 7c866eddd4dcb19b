# SPDX-License-Identifier: Apache-2.0
"""common/kafka's tail and producer, against a real Kafka: nothing lost, nothing twice, and what is lost is said."""
import signal
import subprocess

import pytest

from harness.waiting import until

pytestmark = pytest.mark.sanitized


def numbers(first, count):
    return [str(n).encode() for n in range(first, first + count)]


class Tail:
    def __init__(self, program):
        self.program = program

    def records(self):
        return [line for line in self.program.json() if "event" not in line]

    def values(self):
        return [int(record["value"]) for record in self.records()]

    def events(self, name):
        return [line for line in self.program.json() if line.get("event") == name]

    def wait_event(self, name, count=1):
        until(lambda: len(self.events(name)) >= count, f"{count} x {name}\n{self.program.report()}")
        return self.events(name)

    def wait_values(self, wanted):
        until(lambda: len(self.records()) >= len(wanted), f"{len(wanted)} records\n{self.program.report()}")
        assert sorted(self.values()) == sorted(int(value) for value in wanted)


def tail(run, corner, topic="numbers", start="begin"):
    return Tail(run("tail-print", corner.address, corner.name(topic), start))


def test_each_record_once_from_the_beginning(run, corner):
    corner.create("numbers")
    corner.send("numbers", numbers(0, 5000))
    reader = tail(run, corner)
    reader.wait_event("caught_up", 8)
    corner.send("numbers", numbers(5000, 1000))
    reader.wait_values(numbers(0, 6000))
    seen = {}
    for record in reader.records():
        assert record["o"] == seen.get(record["p"], 0)
        seen[record["p"]] = record["o"] + 1


def test_from_the_end_only_what_is_new(run, corner):
    corner.create("numbers", partitions=2)
    corner.send("numbers", numbers(0, 100))
    reader = tail(run, corner, start="end")
    reader.wait_event("caught_up", 2)
    corner.send("numbers", numbers(100, 10))
    reader.wait_values(numbers(100, 10))


def test_from_a_time(run, corner):
    corner.create("numbers", partitions=1, message_timestamp_type="CreateTime")
    producer = corner.producer()
    for n in range(50):
        producer.produce(corner.name("numbers"), str(n), timestamp=1_700_000_000_000 + 1000 * n)
    producer.flush()
    reader = tail(run, corner, start=str(1_700_000_000_000 + 29_500))
    reader.wait_values(numbers(30, 20))


def test_a_topic_that_does_not_exist_yet_is_waited_for(run, corner):
    reader = tail(run, corner, start="end")
    reader.wait_event("up")
    corner.create("numbers", partitions=2)
    corner.send("numbers", numbers(0, 20))
    reader.wait_values(numbers(0, 20))


def test_partitions_added_are_read_from_their_beginning(run, corner):
    corner.create("numbers", partitions=2)
    reader = tail(run, corner, start="end")
    reader.wait_event("caught_up", 2)
    corner.grow("numbers", 4)
    for partition in range(4):
        corner.send("numbers", numbers(10 * partition, 10), partition=partition)
    reader.wait_values(numbers(0, 40))
    assert len(reader.events("partition_added")) == 4


def test_a_restart_of_the_broker_loses_nothing(run, kafka, corner):
    corner.create("numbers", partitions=2)
    reader = tail(run, corner)
    corner.send("numbers", numbers(0, 100))
    reader.wait_values(numbers(0, 100))
    kafka.stop()
    reader.wait_event("down")
    kafka.start()
    reader.wait_event("up", 2)
    corner.send("numbers", numbers(100, 100))
    reader.wait_values(numbers(0, 200))
    assert not reader.events("topic_reset") and not reader.events("gap")
    corner.delete("numbers")  # after a restart librdkafka holds on to the broker of a topic that goes
    reader.wait_event("topic_gone")
    reader.program.process.send_signal(signal.SIGTERM)
    assert reader.program.wait(20) == 0


def test_a_topic_deleted_and_made_again_is_noticed(run, corner):
    corner.create("numbers", partitions=2)
    reader = tail(run, corner)
    corner.send("numbers", numbers(0, 100))
    reader.wait_values(numbers(0, 100))
    corner.delete("numbers")
    reader.wait_event("topic_gone")
    corner.create("numbers", partitions=3)
    corner.send("numbers", numbers(1000, 30))
    reset = reader.wait_event("topic_reset")
    reader.wait_values(numbers(0, 100) + numbers(1000, 30))
    assert reset[0]["generation"] == 1


def test_nothing_of_a_topic_made_again_comes_before_the_reset(run, corner):
    """Each is longer than the one before, so that the offset at which the reader stands is there again."""
    corner.create("numbers", partitions=1)
    reader = tail(run, corner)
    wanted = []
    for generation, count in enumerate((10, 50, 100, 200)):
        if generation:
            corner.delete("numbers")
            reader.wait_event("topic_gone", generation)
            corner.create("numbers", partitions=1)
        wanted += numbers(1000 * generation, count)
        corner.send("numbers", numbers(1000 * generation, count))
        reader.wait_values(wanted)
    assert reader.values() == [int(value) for value in wanted]
    assert [event["generation"] for event in reader.events("topic_reset")] == [1, 2, 3]


def test_a_topic_made_again_longer_than_before_is_noticed(run, corner):
    """By its last record alone: offsets say nothing when the new log has already grown past the old."""
    corner.create("numbers", partitions=1)
    reader = tail(run, corner)
    corner.send("numbers", numbers(0, 9))
    reader.wait_values(numbers(0, 9))
    corner.send("numbers", numbers(9, 1))
    reader.wait_values(numbers(0, 10))
    reader.program.process.send_signal(signal.SIGSTOP)
    corner.delete("numbers")
    corner.create("numbers", partitions=1)
    corner.send("numbers", numbers(1000, 50))
    reader.program.process.send_signal(signal.SIGCONT)
    reader.wait_event("topic_reset")
    until(lambda: set(range(1000, 1050)) <= set(reader.values()), "the new topic's records")


def test_what_retention_took_is_a_gap(run, corner):
    corner.create("numbers", partitions=1)
    corner.send("numbers", numbers(0, 10))
    reader = tail(run, corner)
    reader.wait_values(numbers(0, 10))
    reader.program.process.send_signal(signal.SIGSTOP)
    corner.send("numbers", numbers(10, 90))
    corner.delete_before("numbers", 0, 60)
    reader.program.process.send_signal(signal.SIGCONT)
    # What had been fetched before the stop is still handed on; the rest below 60 is gone, and said.
    until(lambda: 99 in reader.values(), reader.program.report())
    lost = [n for gap in reader.events("gap") for n in range(gap["from"], gap["to"])]
    assert sorted(reader.values() + lost) == list(range(100))
    assert not reader.events("topic_reset")


def test_holes_of_transactions_are_no_gaps(run, corner):
    corner.create("numbers", partitions=1)
    producer = corner.producer(transactional_id=corner.prefix + "tx")
    producer.init_transactions()
    for first in (0, 10, 20):
        producer.begin_transaction()
        for value in numbers(first, 10):
            producer.produce(corner.name("numbers"), value)
        (producer.abort_transaction if first == 10 else producer.commit_transaction)()
    reader = tail(run, corner)
    reader.wait_event("caught_up")
    reader.wait_values(numbers(0, 10) + numbers(20, 10))
    corner.send("numbers", numbers(30, 1))
    reader.wait_values(numbers(0, 10) + numbers(20, 11))
    assert not reader.events("gap")


def test_back_pressure_loses_nothing(run, corner):
    corner.create("numbers", partitions=2)
    reader = tail(run, corner)
    reader.wait_event("caught_up", 2)
    reader.program.process.send_signal(signal.SIGUSR1)
    corner.send("numbers", numbers(0, 60000))
    reader.program.process.send_signal(signal.SIGUSR2)
    reader.wait_values(numbers(0, 60000))


def test_what_the_producer_reports_is_in_kafka_through_a_restart(run, kafka, corner):
    corner.create("numbers", partitions=2)
    sender = run("send-lines", kafka.address, corner.name("numbers"), stdin=subprocess.PIPE)
    sender.write("".join(f"{n}\n" for n in range(1000)))
    until(lambda: len(sender.lines) == 1000, "the first thousand to be reported")
    kafka.stop()
    sender.write("".join(f"{n}\n" for n in range(1000, 2000)))
    kafka.start()
    sender.process.stdin.close()
    assert sender.wait(90) == 0
    reports = sender.json()
    assert len(reports) == 2000 and all(report["ok"] for report in reports)
    kept = {(m.partition(), m.offset()): int(m.value()) for m in corner.read("numbers", 2000)}
    assert {(r["p"], r["o"]): r["line"] for r in reports} == kept
