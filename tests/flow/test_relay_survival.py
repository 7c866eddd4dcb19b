# SPDX-License-Identifier: Apache-2.0
"""Kafka away and back, partitions added, a topic deleted and made again, records gone: survived, and said."""
import pytest

from harness.real_kafka import RealKafka
from harness.relay_clients import Client, metrics
from harness.topics import Corner
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def follow(corner, relay):
    """follow(): a relay on this corner's iot-events, and a client of its log and its fleet."""
    corner.create("iot-events", partitions=2, message_timestamp_type="LogAppendTime")
    program = relay(corner.address, "--topic-prefix", corner.prefix)
    client = Client(program.url)
    client.ask(channel="log/iot-events")
    client.fleet = client.ask(channel="fleet", interval_ms=100)
    return program, client


def test_partitions_added_are_read_from_their_begin(follow, corner):
    _, client = follow
    corner.send("iot-events", [{"device_id": "a"}])
    corner.grow("iot-events", 5)
    corner.send("iot-events", [{"device_id": f"b{n}"} for n in range(10)], partition=4)
    client.wait_rows(client.fleet, lambda rows: len(rows) == 11, "all eleven devices")
    assert len(client.records) == 11


def test_a_topic_made_again_is_said_and_read(follow, corner):
    program, client = follow
    corner.send("iot-events", [{"device_id": "before"}] * 5)
    until(lambda: len(client.records) == 5, "five records")
    corner.delete("iot-events")
    corner.create("iot-events", partitions=2, message_timestamp_type="LogAppendTime")
    corner.send("iot-events", [{"device_id": "after"}])
    client.wait_said("reset", why="topic_recreated", seconds=60)
    client.wait_rows(client.fleet, lambda rows: set(rows) == {("default", "after")}, "only what the new topic says")
    assert "made again" in program.log
    assert metrics(program)["fleetwire_relay_topic_resets_total"] == 1


def test_kafka_away_and_back(tmp_path_factory, relay):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=2, message_timestamp_type="LogAppendTime")
        program = relay(kafka.address)
        client = Client(program.url)
        client.ask(channel="log/iot-events")
        corner.send("iot-events", [{"device_id": 1}] * 3)
        until(lambda: len(client.records) == 3, "three records")
        kafka.stop()
        program.wait_log("not reachable")
        until(lambda: metrics(program)["fleetwire_relay_kafka_up"] == 0, "the metric to say so")
        kafka.start()
        corner.send("iot-events", [{"device_id": 2}] * 4)
        until(lambda: len(client.records) == 7, "the records after it came back")
        assert not client.said("gap") and client.closed is None
    finally:
        kafka.stop()


def test_records_that_retention_took_are_a_gap(corner, relay):
    corner.create("iot-events", partitions=1, message_timestamp_type="LogAppendTime")
    corner.send("iot-events", [{"device_id": n} for n in range(100)], partition=0)
    program = relay(corner.address, "--topic-prefix", corner.prefix)
    client = Client(program.url)
    fleet = client.ask(channel="fleet", interval_ms=100)
    client.wait_rows(fleet, lambda rows: len(rows) == 100, "a hundred devices")
    corner.delete_before("iot-events", 0, 100)
    corner.send("iot-events", [{"device_id": "next"}], partition=0)
    client.wait_rows(fleet, lambda rows: ("default", "next") in rows, "what comes after")


def test_a_topic_that_comes_later_is_read_whole(corner, run):
    from harness.ports import free_port

    port, admin = free_port(), free_port()
    program = run("relay", "--kafka", corner.address, "--topic-prefix", corner.prefix, "--listen", f"localhost:{port}",
                  "--admin-listen", f"localhost:{admin}")
    program.wait_log("serving on")
    client = Client(f"ws://localhost:{port}")
    client.ask(channel="log/iot-events")
    corner.create("iot-events", partitions=2, message_timestamp_type="LogAppendTime")
    corner.send("iot-events", [{"device_id": n} for n in range(50)])
    until(lambda: len(client.records) == 50, "every record of the new topic")
