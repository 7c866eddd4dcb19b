# SPDX-License-Identifier: Apache-2.0
"""What the relay gives to its clients, from a real Kafka: firehose, logs, the fleet, windows."""
import json

import pytest

from harness.relay_clients import Client, Firehose, metrics, wait_metric
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def served(corner, relay):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    return relay(corner.address, "--topic-prefix", corner.prefix, "--topic", "extra")


def test_the_oldest_client_gets_each_value_byte_for_byte(served, corner):
    values = [b'{"device_id": 1, "temp": 25.3}', b"\xff\xfe\x00", b"not json", "{\"device_id\":\"\u00e9\u4e2d\"}".encode(), b""]
    client = Firehose(served.url + "/any/path?x=1")
    until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 1, "the client to be counted")
    corner.send("iot-events", values + [None, b"last"], partition=3)
    client.wait(len(values) + 1)
    got = [m.encode() if isinstance(m, str) else m for m in client.messages]
    assert got == values + [b"last"]
    assert [isinstance(m, str) for m in client.messages] == [True, False, True, True, True, True]


def test_the_smallest_event_is_a_row(served, corner):
    client = Client(served.url)
    ch = client.ask(channel="fleet", interval_ms=100)
    corner.send("iot-events", [b'{"device_id": 1, "temp": 25.3}'])
    client.wait_rows(ch, lambda rows: ("default", "1") in rows, "device 1")
    assert client.rows[ch][("default", "1")]["temp_c"] == 25.3


def test_a_log_has_every_record_whole(served, corner):
    corner.create("extra", partitions=2)
    client = Client(served.url)
    for topic in ("iot-events", "extra"):
        client.ask(channel=f"log/{topic}")
    producer = corner.producer()
    headers = [("run", b"r1"), ("odd", b"\xff"), ("none", None)] + [(f"h{n}", str(n)) for n in range(300)]
    producer.produce(corner.name("iot-events"), b'{"device_id":1}', key=b"k/1", partition=2, headers=headers, timestamp=1700000000000)
    producer.produce(corner.name("iot-events"), None, key=b"\xff", partition=2)
    producer.flush(10)
    until(lambda: len(client.records) == 2, "two records")
    first, second = client.records
    assert (first["p"], first["o"], first["key"], first["value"]) == (2, 0, "k/1", '{"device_id":1}')
    assert first["headers"]["run"] == "r1" and first["headers"]["none"] is None
    assert [first["headers"].get(f"h{n}") for n in range(300)] == [str(n) for n in range(300)]
    assert second["value"] is None and second["key_b64"] == "/w=="


def test_many_records_come_once_and_in_order(served, corner):
    client = Client(served.url)
    client.ask(channel="log/iot-events")
    corner.send("iot-events", [{"device_id": n, "seq": n} for n in range(5000)])
    until(lambda: len(client.records) >= 5000, "5,000 records")
    by_partition = {}
    for record in client.records:
        assert record["o"] == by_partition.get(record["p"], -1) + 1
        by_partition[record["p"]] = record["o"]
    assert sorted(json.loads(r["value"])["seq"] for r in client.records) == list(range(5000))


def test_view_query_and_clock_decide_who_belongs(served, corner):
    client = Client(served.url)
    box = client.ask(channel="fleet", bbox=[-98, 30, -97, 31], interval_ms=100)
    warm = client.ask(channel="fleet", where="temp_c > 8", interval_ms=100)
    corner.send("iot-events", [{"device_id": "a", "lat": 30.5, "lon": -97.5, "temp_c": 9}, {"device_id": "b", "temp_c": 20}])
    client.wait_rows(box, lambda rows: set(rows) == {("default", "a")}, "a in view")
    client.wait_rows(warm, lambda rows: len(rows) == 2, "both warm")
    corner.send("iot-events", [{"device_id": "a", "lat": 50, "lon": -97.5, "temp_c": 1}])
    client.wait_rows(box, lambda rows: not rows, "a out of view")
    client.wait_rows(warm, lambda rows: set(rows) == {("default", "b")}, "a no longer warm")
    assert ["default", "a", "out_of_view"] in client.said("patch", ch=box)[-1]["left"]
    moved = client.ask("update", ch=box, channel="fleet", bbox=[-98, 49, -97, 51], interval_ms=100)
    client.wait_rows(moved, lambda rows: ("default", "a") in rows, "a in the new view")


def test_silence_turns_a_device_offline(corner, relay):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--stale", "1s", "--offline", "2s", "--forget-after", "4s")
    client = Client(served.url)
    everyone = client.ask(channel="fleet", interval_ms=100)
    offline = client.ask(channel="fleet", where="status = offline", interval_ms=100)
    corner.send("iot-events", [{"device_id": 1, "speed_kmh": 50}])
    client.wait_rows(everyone, lambda rows: rows.get(("default", "1"), {}).get("status") == "moving", "it moves")
    client.wait_rows(offline, lambda rows: len(rows) == 1, "it is offline")
    client.wait_rows(everyone, lambda rows: not rows, "it is forgotten")
    wait_metric(served, "fleetwire_relay_devices_forgotten_total", 1)
    assert ["default", "1", "expired"] in [left for m in client.said("patch", ch=everyone) for left in m["left"]]


def test_a_window_has_the_first_rows_and_totals_over_all(served, corner):
    client = Client(served.url)
    ch = client.ask(channel="fleet", first=3, order="-temp_c", totals=["status", "temp_c"])
    corner.send("iot-events", [{"device_id": n, "temp_c": n} for n in range(50)])
    until(lambda: client.said("window", ch=ch) and client.said("window", ch=ch)[-1]["n_match"] == 50, "all 50 to be counted")
    window = client.said("window", ch=ch)[-1]
    assert [row["device_id"] for row in window["rows"]] == ["49", "48", "47"]
    assert window["totals"]["temp_c"] == {"n": 50, "min": 0, "mean": 24.5, "max": 49}


def test_look_back_is_state_and_not_news(corner, relay):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.send("iot-events", [{"device_id": "old", "temp_c": 3}])
    served = relay(corner.address, "--topic-prefix", corner.prefix)
    client = Client(served.url)
    client.ask(channel="log/iot-events")
    fleet = client.ask(channel="fleet")
    client.wait_rows(fleet, lambda rows: ("default", "old") in rows, "what was there before")
    corner.send("iot-events", [{"device_id": "new"}])
    until(lambda: client.records, "news")
    assert [json.loads(r["value"])["device_id"] for r in client.records] == ["new"]


def test_time_comes_with_a_resume(served):
    client = Client(served.url)
    said = client.wait_said("time", seconds=10)
    assert said["resume"].startswith("1;t=") and "iot-events@" in said["resume"]


def test_two_threads_share_the_port(corner, relay):
    corner.create("iot-events")
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--threads", "2")
    clients = [Client(served.url) for _ in range(8)]
    chs = {client.ask(channel="fleet", interval_ms=100) for client in clients}
    assert len(chs) == 1, "equal subscriptions share a number on every thread"
    for client in clients:
        client.ask(channel="log/iot-events")
    corner.send("iot-events", [{"device_id": n} for n in range(100)])
    for client in clients:
        until(lambda c=client: len(c.records) == 100, "100 records at each")
        client.wait_rows(next(iter(chs)), lambda rows: len(rows) == 100, "100 rows at each")


def test_bad_records_are_counted_and_nothing_else_suffers(served, corner):
    client = Client(served.url)
    ch = client.ask(channel="fleet", interval_ms=100)
    bad = {
        "not_json": b"{", "not_object": b"[1]", "bad_utf8": b'{"device_id":"\xff"}', "key_twice": b'{"device_id":1,"device_id":2}',
        "no_device_id": b'{"temp":1}', "bad_device_id": b'{"device_id":"a\\u0000b"}', "bad_fleet": b'{"device_id":1,"fleet":"a b"}',
        "too_deep": b'{"device_id":1,"x":' + b"[" * 40 + b"]" * 40 + b"}",
    }
    corner.send("iot-events", list(bad.values()) + [b'{"device_id":"' + b"x" * 10000 + b'"}'])
    corner.send("iot-events", [{"device_id": "odd", "lat": 999, "lon": 1, "ts": 1700000000, "speed_kmh": "fast"}, {"device_id": "good"}])
    client.wait_rows(ch, lambda rows: {("default", "odd"), ("default", "good")} <= set(rows), "the good ones")
    assert len(client.rows[ch]) == 2
    until(lambda: metrics(served)['fleetwire_events_rejected_total{reason="bad_device_id"}'] == 2, "both bad ids to be counted")
    counted = metrics(served)
    for reason in bad:
        assert counted[f'fleetwire_events_rejected_total{{reason="{reason}"}}'] >= 1, reason
    for reason in ("wrong_type", "out_of_range", "looks_like_seconds"):
        assert counted[f'fleetwire_fields_dropped_total{{reason="{reason}"}}'] >= 1, reason


def test_a_value_of_a_mebibyte_goes_through(served, corner):
    client = Firehose(served.url)
    until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 1, "the client to be counted")
    value = json.dumps({"device_id": 1, "note": "x" * 900_000})
    corner.send("iot-events", [value.encode(), b'{"device_id":2}'], partition=0)
    client.wait(2)
    assert client.messages == [value, '{"device_id":2}']
