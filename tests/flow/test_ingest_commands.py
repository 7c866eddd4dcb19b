# SPDX-License-Identifier: Apache-2.0
"""Commands to devices: from fleet.commands in a real Kafka to subscribed MQTT clients, once they are awake, until their PUBACK."""
import json
import os
import re
import signal
import subprocess
import time

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from harness.ingest_clients import Device, Listener
from harness.node import node_environment
from harness.programs import SOURCE
from harness.waiting import until

pytestmark = pytest.mark.sanitized
VERSIONS = pytest.mark.parametrize("version", [paho.MQTTv311, paho.MQTTv5], ids=["3.1.1", "5.0"])
HOUR_MS = 3600 * 1000


def topic_of(device_id, fleet="north"):
    return f"fleet/{fleet}/{device_id}/command"


class Operator:
    """Writes commands; .send(device, command_id) sets a point that holds for an hour."""

    def __init__(self, corner):
        self.corner = corner

    def send(self, device, command_id, expires_ms=HOUR_MS, **more):
        now_ms = int(time.time() * 1000)
        value = {"command_id": command_id, "command": "set_point", "setpoint_c": -18.5, "who": "anna", "ts_ms": now_ms,
                 "expires_ts_ms": now_ms + expires_ms, **more}
        self.corner.send("fleet.commands", [value], key=device)
        return value


@pytest.fixture
def operator(corner):
    corner.create("iot-events", partitions=1)
    corner.create("fleet.commands", partitions=1, message_timestamp_type="LogAppendTime")
    return Operator(corner)


@pytest.fixture
def door(corner, ingest):
    """door(*arguments): an ingest of this corner."""
    return lambda *arguments: ingest(corner.address, "--topic-prefix", corner.prefix, *arguments)


def value_of(door, metric):
    return float(re.search(rf"^{re.escape(metric)} (\S+)$", door.metrics(), re.M)[1])


def wait_for(door, metric, value):
    until(lambda: value_of(door, metric) >= value, f"{metric} to be {value}")


@VERSIONS
def test_a_sleeping_device_gets_what_waits_and_later_ones_as_they_come(door, operator, version):
    sent = operator.send("north/7", "one")
    place = door()
    operator.send("north/7", "two", command="ping")
    wait_for(place, "fleetwire_ingest_commands_open", 2)
    reefer = Listener(place.mqtt_port, topic_of(7), version)
    assert reefer.granted == [1]
    assert reefer.wait(2) == ["one", "two"]
    assert reefer.heard[0] == sent
    assert reefer.messages[0].topic == topic_of(7) and not reefer.messages[0].dup and not reefer.messages[0].retain
    operator.send("north/7", "three")
    assert reefer.wait(3) == ["one", "two", "three"]
    if version == paho.MQTTv5:
        assert 3500 < reefer.messages[2].properties.MessageExpiryInterval <= 3600
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="acknowledged"}', 3)
    reefer.close()
    again = Listener(place.mqtt_port, topic_of(7), version)
    operator.send("north/7", "four")
    assert again.wait(1) == ["four"]
    again.close()


def test_what_has_expired_is_not_sent(door, operator):
    operator.send("north/7", "never", expires_ms=-1)
    operator.send("north/7", "short", expires_ms=3000)
    operator.send("north/7", "long")
    place = door()
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="expired"}', 1)
    reefer = Listener(place.mqtt_port, topic_of(7))
    assert reefer.wait(1) == ["long"]
    assert value_of(place, 'fleetwire_ingest_commands_read_total{what="late"}') == 1
    reefer.close()


@VERSIONS
def test_without_a_puback_a_command_comes_again_in_the_next_connection(door, operator, version):
    place = door()
    for command_id in ("one", "two"):
        operator.send("north/7", command_id)
    reefer = Listener(place.mqtt_port, topic_of(7), version, manual=True)
    reefer.wait(2)
    reefer.acknowledge(0)
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="acknowledged"}', 1)
    reefer.close()
    again = Listener(place.mqtt_port, topic_of(7), version)
    assert again.wait(1) == ["two"]
    assert not again.messages[0].dup
    again.close()


def test_a_restart_repeats_what_was_acknowledged(door, operator):
    operator.send("north/7", "one")
    first = door()
    reefer = Listener(first.mqtt_port, topic_of(7))
    reefer.wait(1)
    wait_for(first, 'fleetwire_ingest_commands_total{outcome="acknowledged"}', 1)
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(20) == 0
    reefer.client.loop_stop()
    second = door()
    again = Listener(second.mqtt_port, topic_of(7))
    assert again.wait(1) == ["one"]
    again.close()


def test_each_device_gets_its_own_and_fleets_do_not_mix(door, operator):
    place = door()
    listeners = {device: Listener(place.mqtt_port, f"fleet/{device}/command") for device in ("north/7", "north/8", "south/7")}
    for device in listeners:
        operator.send(device, f"first of {device}")
        operator.send(device, f"second of {device}")
    for device, listener in listeners.items():
        assert listener.wait(2) == [f"first of {device}", f"second of {device}"]
        listener.close()


def test_the_topic_may_be_made_later(door, corner):
    corner.create("iot-events", partitions=1)
    place = door()
    reefer = Listener(place.mqtt_port, topic_of(7))
    assert reefer.granted == [1]
    until(lambda: "has no topic" in place.log, "the log to say so")
    corner.create("fleet.commands", partitions=1)
    Operator(corner).send("north/7", "one")
    assert reefer.wait(1) == ["one"]
    assert place.log.count("has no topic") == 1
    reefer.close()


@VERSIONS
def test_only_a_devices_own_topic_is_granted(door, operator, version):
    place = door()
    for topic, reason in (("fleet/north/+/command", 0xa2), ("#", 0xa2), ("fleet/north/7/telemetry", 0x87), ("fleet/no rth/7/command", 0x87)):
        listener = Listener(place.mqtt_port, topic, version)
        assert listener.granted == [reason if version == paho.MQTTv5 else 0x80], topic
        assert listener.client.is_connected()
        listener.close()
    wait_for(place, 'fleetwire_ingest_subscribes_total{outcome="refused"}', 4)


def test_what_is_no_command_for_a_device_is_passed_over_and_counted(door, operator, corner):
    place = door()
    reefer = Listener(place.mqtt_port, topic_of(7))
    operator.send("north/door_open/7", "for people", command="acknowledge")
    operator.send("north/7", "of tomorrow", command="dance")
    operator.send("north/7", "cold", setpoint_c="cold")
    operator.send("north", "no device")
    operator.send("north/7", "claims", device_id="8")
    operator.send("north/7", "large", note="x" * 5000)
    corner.send("fleet.commands", [b"{"], key="north/7")
    operator.send("north/7", "good", device_id=7, fleet="north", unknown=[1])
    assert reefer.wait(1) == ["good"]
    for what in ("for_operators", "unknown", "bad_member", "bad_key", "identity", "too_large", "not_json", "for_device"):
        assert value_of(place, f'fleetwire_ingest_commands_read_total{{what="{what}"}}') == 1, what
    reefer.close()


def test_a_null_withdraws_what_is_open(door, operator, corner):
    place = door()
    operator.send("north/7", "one")
    operator.send("north/8", "other")
    corner.send("fleet.commands", [None], key="north/7")
    operator.send("north/7", "two")
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="opened"}', 3)
    reefer = Listener(place.mqtt_port, topic_of(7))
    assert reefer.wait(1) == ["two"]
    reefer.close()


def test_no_more_are_in_flight_than_a_client_takes(door, operator):
    place = door("--max-commands-in-flight", "3")
    for n in range(10):
        operator.send("north/7", f"{n}")
    wait_for(place, "fleetwire_ingest_commands_open", 10)
    properties = Properties(PacketTypes.CONNECT)
    properties.ReceiveMaximum = 2
    for listener, limit in ((Listener(place.mqtt_port, topic_of(7), paho.MQTTv5, manual=True, connect_properties=properties), 2),
                            (Listener(place.mqtt_port, topic_of(7), manual=True), 3)):
        listener.wait(limit)
        device = Device(place.mqtt_port, "7", client_id="probe")
        device.publish({"temp": 1})
        device.wait_acked(1)
        assert len(listener.heard) == limit
        listener.acknowledge(0)
        listener.wait(limit + 1)
        listener.close()
        device.close()
    wait_for(place, 'fleetwire_ingest_commands_sent_total{outcome="held"}', 2)


def test_commands_kept_are_bounded(door, operator):
    place = door("--max-commands-per-device", "2", "--max-commands", "3", "--max-subscriptions-per-connection", "1", "--max-commands-waiting", "2")
    for n in range(4):
        operator.send("north/7", f"{n}")
    operator.send("north/8", "a")
    operator.send("north/8", "b")
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="opened"}', 6)
    assert value_of(place, 'fleetwire_ingest_commands_total{outcome="dropped_device"}') == 2
    assert value_of(place, 'fleetwire_ingest_commands_total{outcome="dropped_all"}') == 1
    reefer = Listener(place.mqtt_port, topic_of(7))
    assert reefer.wait(1) == ["3"]
    reefer.client.subscribe(topic_of(8), 1)
    until(lambda: len(reefer.granted) == 2, "the second SUBACK")
    assert reefer.granted == [1, 0x80]
    wait_for(place, 'fleetwire_ingest_subscribes_total{outcome="quota"}', 1)
    reefer.close()


@pytest.mark.waits
def test_a_crowd_of_commands_is_waited_for_and_none_is_lost(door, operator, corner):
    now_ms = int(time.time() * 1000)
    values = [json.dumps({"command_id": str(n), "command": "ping", "who": "test", "ts_ms": now_ms, "expires_ts_ms": now_ms + HOUR_MS}).encode()
              for n in range(20000)]
    corner.send("fleet.commands", values, key="north/7")
    place = door("--max-commands-waiting", "2", "--max-commands-per-device", "10000")
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="opened"}', 20000)
    assert value_of(place, "fleetwire_ingest_commands_waits_total") > 0
    reefer = Listener(place.mqtt_port, topic_of(7))
    assert reefer.wait(10000) == [str(n) for n in range(10000, 20000)]
    reefer.close()


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
@pytest.mark.parametrize("qos", ["0", "1"])
def test_mosquitto_sub(door, operator, version, qos):
    place = door()
    sent = [operator.send("north/m", f"{n}") for n in range(3)]
    done = subprocess.run(["mosquitto_sub", "-h", "localhost", "-p", str(place.mqtt_port), "-V", version, "-q", qos, "-C", "3",
                           "-t", topic_of("m")], check=True, timeout=30, capture_output=True, text=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == sent
    wait_for(place, f'fleetwire_ingest_commands_sent_total{{outcome="qos_{qos}"}}', 3)


@pytest.mark.parametrize("version", ["4", "5"])
def test_the_node_client(door, operator, version):
    place = door()
    sent = [operator.send("north/n", f"{n}") for n in range(3)]
    done = subprocess.run(
        ["node", SOURCE / "tests/flow/node/subscribe.js", f"mqtt://localhost:{place.mqtt_port}", version, topic_of("n"), "3"],
        capture_output=True, text=True, timeout=60, env={**os.environ, **node_environment()})
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    assert [(topic, json.loads(value)) for topic, value in lines] == [(topic_of("n"), value) for value in sent], done.stderr


def test_another_pattern_and_none(door, operator):
    place = door("--mqtt-command-topic", "{device_id}/cmd")
    operator.send("default/7", "one")
    reefer = Listener(place.mqtt_port, "7/cmd")
    assert reefer.wait(1) == ["one"]
    reefer.close()
    place = door("--mqtt-command-topic", "")
    assert Listener(place.mqtt_port, topic_of(7)).granted == [0x80]


def test_what_an_operator_types_reaches_the_device_and_can_be_withdrawn(door, operator, corner, run):
    def commands(*words):
        program = run("commands", "--kafka", corner.address, "--topic-prefix", corner.prefix, "--who", "anna", *words)
        assert program.wait() == 0, program.report()
        return [json.loads(line) for line in program.lines]

    place = door()
    first, = commands("send", "north/7", "set-point", "-18.5", "--expires", "1h")
    assert (first["command"], first["setpoint_c"], first["who"]) == ("set_point", -18.5, "anna")
    assert first["expires_ts_ms"] - first["ts_ms"] == HOUR_MS
    assert commands("withdraw", "north/7") == []
    second, = commands("send", "north/7", "ping")
    wait_for(place, 'fleetwire_ingest_commands_total{outcome="opened"}', 2)
    reefer = Listener(place.mqtt_port, topic_of(7))
    reefer.wait(1)
    assert reefer.heard == [second]
    reefer.close()


def test_a_command_that_cannot_be_written_says_why(run, corner):
    for address, words in (("localhost:1", "cannot write to Kafka at 'localhost:1'"), (corner.address, "there is no topic")):
        program = run("commands", "--kafka", address, "--topic-prefix", corner.prefix, "--timeout", "1s", "send", "north/7", "ping")
        assert (program.wait(), program.lines) == (69, [])
        assert words in program.log
