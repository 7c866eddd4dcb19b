# SPDX-License-Identifier: Apache-2.0
"""Devices that speak MQTT, against a real Kafka: what is acknowledged is there, and what cannot be served is told."""
import json
import os
import signal
import subprocess
import time

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from harness.ingest_clients import Device, Raw
from harness.node import node_environment
from harness.programs import SOURCE
from harness.real_kafka import RealKafka
from harness.topics import Corner
from harness.waiting import until

pytestmark = pytest.mark.sanitized
VERSIONS = pytest.mark.parametrize("version", [paho.MQTTv311, paho.MQTTv5], ids=["3.1.1", "5.0"])


@pytest.fixture
def door(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return ingest(corner.address, "--topic-prefix", corner.prefix)


def events_of(corner, count):
    return [(message.key().decode(), json.loads(message.value())) for message in corner.read("iot-events", count)]


@VERSIONS
def test_what_is_acknowledged_is_in_kafka(door, corner, version):
    device = Device(door.mqtt_port, version=version)
    before_ms = int(time.time() * 1000)
    device.publish({"temp": 25.3})
    device.wait_acked(1)
    device.close()
    message, = corner.read("iot-events", 1)
    assert message.key() == b"north/7"
    assert message.value() == b'{"device_id":"7","fleet":"north","temp": 25.3}'
    received_ms = int(dict(message.headers())["received_ms"])
    assert before_ms <= received_ms <= int(time.time() * 1000)


@VERSIONS
def test_many_devices_lose_nothing_and_are_answered_in_order(door, corner, version):
    devices = [Device(door.mqtt_port, f"d{n}", version) for n in range(20)]
    sent = {device: [device.publish({"seq": n}) for n in range(200)] for device in devices}
    for device in devices:
        device.wait_acked(200)
        assert device.acked == sent[device]
        device.close()
    events = events_of(corner, 4000)
    assert sorted((e["device_id"], e["seq"]) for _, e in events) == sorted((f"d{n}", s) for n in range(20) for s in range(200))


def test_qos_0_goes_in_too(door, corner):
    device = Device(door.mqtt_port)
    device.publish({"temp": 1}, qos=0)
    device.publish({"temp": 2}, qos=1)
    device.wait_acked(2)  # paho reports QoS 0 as soon as it is sent
    assert [e["temp"] for _, e in events_of(corner, 2)] == [1, 2]
    device.close()


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_pub(door, corner, version):
    for qos in "01":
        subprocess.run(["mosquitto_pub", "-h", "localhost", "-p", str(door.mqtt_port), "-V", version, "-q", qos, "-i", "m1",
                        "-t", "fleet/north/m/telemetry", "-m", f'{{"seq":{qos}}}'], check=True, timeout=30)
    assert sorted(e["seq"] for _, e in events_of(corner, 2)) == [0, 1]


@pytest.mark.parametrize("version", [4, 5])
def test_the_node_client(door, corner, version):
    result = subprocess.run(
        ["node", SOURCE / "tests/flow/node/publish.js", f"mqtt://localhost:{door.mqtt_port}", str(version),
         "fleet/north/n/telemetry", '{"seq":1}', '{"seq":2}'], capture_output=True, text=True, timeout=60, env={**os.environ, **node_environment()})
    assert result.stdout.splitlines() == ['acknowledged {"seq":1}', 'acknowledged {"seq":2}'], result.stderr
    assert [e["seq"] for _, e in events_of(corner, 2)] == [1, 2]


def test_a_5_0_client_is_told_what_is_wrong_and_stays(door, corner):
    device = Device(door.mqtt_port, version=paho.MQTTv5)
    assert (device.properties.ReceiveMaximum, device.properties.MaximumQoS) == (100, 1)
    for payload, topic in ((b"not json", None), ({"device_id": "8"}, None), ({"temp": 1}, "elsewhere"), ({"temp": 2}, None)):
        device.publish(payload, topic=topic)
    device.wait_acked(4)
    assert [reason.value for reason in device.reasons] == [0x99, 0x87, 0x90, 0]
    assert device.client.is_connected()
    assert [e["temp"] for _, e in events_of(corner, 1)] == [2]
    rejects = [json.loads(message.value()) for message in corner.read("fleet.rejects", 3)]
    assert [(r["reason"], r["source"], r["value"]) for r in rejects][:1] == [("not_json", "mqtt/c-7", "not json")]
    assert [r["reason"] for r in rejects] == ["not_json", "identity", "topic"]
    assert 'fleetwire_events_rejected_total{reason="identity"} 1' in door.metrics()
    device.close()


def test_a_3_1_1_client_that_cannot_be_served_is_closed(door):
    device = Device(door.mqtt_port)
    device.client.reconnect_delay_set(60)
    device.publish(b"not json")
    until(lambda: device.ends, "the connection to end")
    assert device.acked == []
    device.client.loop_stop()


def test_qos_2_is_declined_as_each_version_allows(door):
    for version in (paho.MQTTv311, paho.MQTTv5):
        device = Device(door.mqtt_port, version=version)
        device.client.reconnect_delay_set(60)
        device.publish({"temp": 1}, qos=2)
        until(lambda: device.ends, "the connection to end")
        device.client.loop_stop()
    assert device.ends[0].value == 0x9b


def test_the_second_of_a_client_id_ends_the_first(door):
    first = Device(door.mqtt_port, version=paho.MQTTv5, client_id="twin")
    first.client.reconnect_delay_set(60)
    second = Device(door.mqtt_port, version=paho.MQTTv5, client_id="twin")
    until(lambda: first.ends, "the first to be told")
    assert first.ends[0].value == 0x8e
    second.publish({"temp": 1})
    second.wait_acked(1)
    for device in (first, second):
        device.client.loop_stop()


def test_the_will_of_a_device_that_dies_is_an_event(door, corner):
    device = paho.Client(paho.CallbackAPIVersion.VERSION2, "dying")
    device.will_set("fleet/north/w/telemetry", '{"alarm":"gone"}', qos=1)
    device.connect("localhost", door.mqtt_port)
    device.loop_start()
    until(device.is_connected, "it to be connected")
    device.loop_stop()
    device.socket().close()
    assert events_of(corner, 1) == [("north/w", {"device_id": "w", "fleet": "north", "alarm": "gone"})]


@pytest.mark.parametrize("wrong", [
    b"\x32\x0a\x00\x01a\x00\x01{}",                 # PUBLISH before CONNECT
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x10\xff\xff\xff\xff\x01",                    # a remaining length of five bytes
    b"\x10\xff\xff\xff\x7f",                        # 256 MB
    b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0a\x00\x01",  # a client id that ends too early
    b"\x00" * 100,
])
def test_wrong_bytes_end_only_their_own_connection(door, wrong):
    good = Device(door.mqtt_port)
    assert Raw(door.mqtt_port).send(wrong).ends()
    good.publish({"temp": 1})
    good.wait_acked(1)
    good.close()


@pytest.mark.waits
def test_while_kafka_is_away_nothing_is_acknowledged_and_memory_is_bounded(tmp_path_factory, ingest):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=2)
        door = ingest(kafka.address, "--max-in-flight", "50", "--receive-maximum", "20", "--give-up", "120s")
        devices = [Device(door.mqtt_port, f"d{n}") for n in range(5)]
        kafka.stop()
        for device in devices:
            for n in range(100):
                device.publish({"seq": n})
        until(lambda: 'in_flight_records{door="mqtt"} 50' in door.metrics(), "the window to be full")
        until(lambda: door.admin_status("/readyz") == 503, "not to be ready")
        assert all(device.acked == [] for device in devices)
        kafka.start()
        for device in devices:
            device.wait_acked(100)
            device.close()
        events = [json.loads(message.value()) for message in corner.read("iot-events", 500)]
        assert {(e["device_id"], e["seq"]) for e in events} == {(f"d{n}", s) for n in range(5) for s in range(100)}
    finally:
        kafka.stop()


def test_a_stop_finishes_what_was_received(door, corner):
    device = Device(door.mqtt_port, version=paho.MQTTv5)
    device.client.reconnect_delay_set(60)
    sent = [device.publish({"seq": n}) for n in range(90)]
    door.process.send_signal(signal.SIGTERM)
    until(lambda: device.ends, "the device to be told")
    assert door.process.wait(20) == 0
    device.client.loop_stop()
    acked = len(device.acked)
    assert device.acked == sent[:acked]
    assert corner.count("iot-events") >= acked


def test_killed_under_load_what_was_acknowledged_is_in_kafka(corner, ingest):
    corner.create("iot-events")
    door = ingest(corner.address, "--topic-prefix", corner.prefix)
    devices = [Device(door.mqtt_port, f"d{n}") for n in range(10)]
    sent = {}
    for device in devices:
        device.client.reconnect_delay_set(60)
        sent[device] = [device.publish({"seq": n}) for n in range(400)]
    until(lambda: sum(len(device.acked) for device in devices) > 500, "500 PUBACKs")
    door.process.kill()
    door.process.wait(10)
    acked = set()
    for n, device in enumerate(devices):
        device.client.loop_stop()
        acked |= {(f"d{n}", sent[device].index(mid)) for mid in device.acked}
    stored = {(e["device_id"], e["seq"]) for _, e in events_of(corner, corner.count("iot-events"))}
    assert acked <= stored
