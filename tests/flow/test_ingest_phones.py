# SPDX-License-Identifier: Apache-2.0
"""Phones with Traccar Client and OwnTracks, against a real Kafka: what they send is on the relay's fleet channel a moment later, and
what they are answered makes them go on, or keep what they have."""
import http.client
import json
import subprocess
import time
import urllib.parse

import pytest

from harness.ingest_clients import Device, post
from harness.programs import SOURCE
from harness.real_kafka import RealKafka
from harness.relay_clients import Client
from harness.topics import Corner
from harness.waiting import until

pytestmark = pytest.mark.sanitized
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def door(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return ingest(corner.address, "--topic-prefix", corner.prefix)


def curl(door, *words):
    """(status, body) as curl sees them."""
    said = subprocess.run(["curl", "-s", "-m", "30", "-w", "\n%{http_code}", *words], capture_output=True, text=True, check=True).stdout
    body, _, status = said.rpartition("\n")
    return int(status), body


def traccar_9(device_id, **coords):
    """What version 9 posts, https://www.traccar.org/osmand"""
    return {"location": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime()), "event": "motionchange", "odometer": 12345,
                         "coords": {"latitude": 30.27, "longitude": -97.74, "accuracy": 5, "speed": 10, "heading": 90, "altitude": 5, **coords},
                         "is_moving": True, "battery": {"level": 0.79, "is_charging": False}, "activity": {"type": "in_vehicle"},
                         "extras": {}, "_": "&id=48241179&"}, "device_id": device_id}


def owntracks(**more):
    return {"_type": "location", "lat": 48.85833, "lon": 2.29513, "tst": int(time.time()), "vel": 61, "cog": 271, "acc": 5, "alt": 167,
            "batt": 41, "t": "u", "topic": "owntracks/jane/phone", "tid": "JJ", **more}


def test_every_phone_is_on_the_map(door, corner, relay):
    hub = relay(corner.address, "--topic-prefix", corner.prefix)
    client = Client(hub.url)
    fields = ["lat", "lon", "speed_kmh", "heading_deg", "battery_pct", "accuracy_m"]
    channel = client.ask(channel="fleet", fields=fields)
    base = f"http://localhost:{door.http_port}"
    now = int(time.time())
    # Version 10 posts a form, 9 JSON, 8 its parameters in the URL and no body; OsmAnd itself a GET.
    assert curl(door, "-d", f"id=ten&lat=30.27&lon=-97.74&timestamp={now}&speed=21.6&bearing=271.5&batt=87", f"{base}/v1/traccar")[0] == 200
    assert post(door.http_port, traccar_9("nine"), path="/v1/traccar?fleet=north")[0] == 200
    assert curl(door, "-X", "POST", f"{base}/v1/traccar?id=eight&timestamp={now}&lat=30.1&lon=-97.1&speed=0.0&accuracy=0.0&batt=50.0")[0] == 200
    assert curl(door, f"{base}/v1/traccar?id=osmand&timestamp={now}000&lat=30.2&lon=-97.2")[0] == 200
    assert curl(door, "-H", "X-Limit-U: jane", "-H", "X-Limit-D: phone", "-H", "Content-Type: application/json; charset=utf-8",
                "-d", json.dumps(owntracks()), f"{base}/v1/owntracks") == (200, "[]\n")
    rows = until(lambda: (lambda now: now if len(now) == 5 else None)(dict(client.rows.get(channel, {}))), "five phones on the fleet channel")
    seen = {key: tuple(row.get(name) for name in fields) for key, row in rows.items()}
    assert seen == {
        ("default", "ten"): (30.27, -97.74, 40.003, 271.5, 87, None),
        ("north", "nine"): (30.27, -97.74, 36, 90, 79, 5),
        ("default", "eight"): (30.1, -97.1, 0, None, 50, None),
        ("default", "osmand"): (30.2, -97.2, None, None, None, None),
        ("default", "jane-phone"): (48.85833, 2.29513, 61, 271, 41, 5),
    }
    client.close()


def test_owntracks_over_mqtt(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    door = ingest(corner.address, "--topic-prefix", corner.prefix, "--mqtt-topic", "owntracks/{fleet}/{device_id}/#",
                  "--fields", str(SOURCE / "data" / "fields" / "owntracks.conf"))
    phone = Device(door.mqtt_port)
    phone.publish(owntracks(tst=1764041112, topic=None), topic="owntracks/jane/phone")
    phone.wait_acked(1)
    phone.close()
    message, = corner.read("iot-events", 1)
    event = json.loads(message.value())
    assert message.key() == b"jane/phone"
    assert (event["ts_ms"], event["speed_kmh"], event["heading_deg"], event["battery_pct"], event["tid"]) == (1764041112000, 61, 271, 41, "JJ")


def test_a_fix_that_nothing_can_mend_is_not_sent_for_ever(door, corner):
    """Both apps send the oldest again until it is answered by 2xx, and nothing before that."""
    status, answer, _ = post(door.http_port, b"id=%zz&lat=1", FORM, "/v1/traccar")
    assert (status, answer["accepted"], answer["errors"][0]["code"]) == (200, 0, "form")
    assert post(door.http_port, b"{broken", path="/v1/owntracks")[:2] == (200, [])
    rejects = [json.loads(m.value()) for m in corner.read("fleet.rejects", 2)]
    assert [(r["door"], r["reason"], r["value"]) for r in rejects] == [("http", "form", "id=%zz&lat=1"), ("http", "not_json", "{broken")]
    assert 'fleetwire_events_rejected_total{reason="form"} 1' in door.metrics()


@pytest.mark.parametrize("path, body, code", [
    ("/v1/traccar", b"lat=1&lon=2", "no_device_id"),
    ("/v1/traccar?id=a", b"id=b&lat=1&lon=2", "key_twice"),
    ("/v1/traccar?fleet=%20", b"id=b&lat=1&lon=2", "bad_fleet"),
    ("/v1/owntracks", b'{"_type":"encrypted","data":"x"}', "encrypted"),
])
def test_what_the_owner_can_mend_is_kept_by_the_phone(door, path, body, code):
    status, answer, _ = post(door.http_port, body, FORM, path)
    assert (status, answer["errors"][0]["code"]) == (400, code)


def test_what_owntracks_says_beside_is_answered_and_not_kept(door, corner):
    for body in (b"", json.dumps({"_type": "waypoints", "waypoints": []}).encode(), b'{"_type":"lwt","tst":1}'):
        assert post(door.http_port, body, path="/v1/owntracks")[:2] == (200, [])
    assert corner.count("iot-events") == 0
    assert "fleetwire_ingest_ignored_total 2" in door.metrics()


def test_no_page_moves_a_phone(door, corner):
    connection = http.client.HTTPConnection("localhost", door.http_port, timeout=30)
    connection.request("GET", "/v1/traccar?id=a&lat=1&lon=2", headers={"User-Agent": "Mozilla/5.0 (X11) Firefox/128.0"})
    answer = connection.getresponse()
    assert answer.status == 403 and "server URL" in json.loads(answer.read())["errors"][0]["message"]
    assert corner.count("iot-events") == 0


@pytest.mark.waits
def test_while_kafka_is_away_a_phone_keeps_its_fix(tmp_path_factory, ingest):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=2)
        door = ingest(kafka.address, "--give-up", "2s")
        kafka.stop()
        fix = urllib.parse.urlencode({"id": "ten", "lat": 1, "lon": 2, "timestamp": int(time.time())}).encode()
        status, _, headers = post(door.http_port, fix, FORM, "/v1/traccar")
        assert status == 503 and int(headers["Retry-After"]) > 0
        assert post(door.http_port, owntracks(), path="/v1/owntracks")[0] == 503
        kafka.start()
        until(lambda: post(door.http_port, fix, FORM, "/v1/traccar")[0] == 200, "a 200", 60)
        assert b"default/ten" in [m.key() for m in corner.read("iot-events", 1)]
    finally:
        kafka.stop()


def test_what_to_type_is_said_when_others_can_reach_it(door, corner, run):
    assert "phones:" not in door.log
    program = run("ingest", "--kafka", corner.address, "--topic-prefix", corner.prefix, "--http", "*:0", "--mqtt", "", "--admin-listen", "")
    program.wait_log("/v1/owntracks")
    line, = [line for line in program.talk if "phones:" in line]
    assert "localhost" not in line and "*" not in line
    assert line.count("http://") == 2
