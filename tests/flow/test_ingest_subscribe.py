# SPDX-License-Identifier: Apache-2.0
"""Ingest as subscriber of a real Mosquitto that is already there: what the broker holds for it is acknowledged to the broker when
Kafka has it, so neither a killed ingest nor a restarted broker loses any of it."""
import json
import subprocess
import threading

import paho.mqtt.client as paho
import pytest

from harness.certificates import Authority
from harness.ingest_clients import Device
from harness.mosquitto import Mosquitto
from harness.real_kafka import RealKafka
from harness.topics import Corner
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def broker(tmp_path):
    server = Mosquitto(tmp_path / "mosquitto")
    yield server
    server.stop()


@pytest.fixture
def subscriber(corner, run):
    """subscriber(broker, *arguments): an ingest without doors of its own, subscribed."""
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)

    def start(broker, *arguments, waits=True):
        program = run("ingest", "--kafka", corner.address, "--topic-prefix", corner.prefix, "--http", "", "--mqtt", "", "--admin-listen", "",
                      "--subscribe", broker.url, *arguments)
        if waits:
            program.wait_log("subscribed at")
        return program

    return start


def certificates(folder):
    """ca.pem, and server.pem with server.key for localhost, signed by it."""
    folder.mkdir()
    Authority(folder).sign("server", "localhost")
    return folder


def stored(corner):
    return {message.key().decode().partition("/")[2] for message in corner.read("iot-events", corner.count("iot-events"))}


def publish(broker, names, client_id="dev"):
    """QoS 1, to the end, whatever happens to the broker meanwhile; returns when the broker has acknowledged all."""
    device = Device(broker.port, client_id=client_id)
    for name in names:
        device.publish({"temp": 4.5}, topic=f"fleet/north/{name}/telemetry")
    device.wait_acked(len(names))
    device.close()


@pytest.mark.parametrize("version", [paho.MQTTv311, paho.MQTTv5])
def test_what_a_device_publishes_at_the_broker_is_in_kafka(corner, broker, subscriber, version):
    subscriber(broker)
    device = Device(broker.port, version=version)
    device.publish({"temp": 4.5}, qos=1)
    device.publish({"temp": 5.5}, qos=0)
    device.wait_acked(2)
    device.close()
    first, second = corner.read("iot-events", 2)
    assert (first.key(), json.loads(first.value())) == (b"north/7", {"device_id": "7", "fleet": "north", "temp": 4.5})
    assert json.loads(second.value())["temp"] == 5.5


def test_what_nothing_can_mend_is_told_and_does_not_come_again(corner, broker, subscriber):
    program = subscriber(broker)
    device = Device(broker.port)
    device.publish("{broken")
    device.publish({"fleet": "south"})
    device.publish({"temp": 1})
    device.wait_acked(3)
    device.close()
    rejects = [json.loads(m.value()) for m in corner.read("fleet.rejects", 2)]
    assert [(r["door"], r["source"], r["reason"]) for r in rejects] == [
        ("subscribe", "subscribe/fleet/north/7/telemetry", "not_json"), ("subscribe", "subscribe/fleet/north/7/telemetry", "identity")]
    corner.read("iot-events", 1)
    program.stop()
    subscriber(broker)
    publish(broker, ["after"])
    assert stored(corner) == {"7", "after"}
    assert corner.count("fleet.rejects") == 2


class Endless(threading.Thread):
    """A device that publishes until told to stop; .names are acknowledged by the broker by then."""

    def __init__(self, broker):
        super().__init__()
        self.names, self.is_enough = [], threading.Event()
        self.device = Device(broker.port, client_id="dev")
        self.start()

    def run(self):
        while not self.is_enough.is_set():
            self.names.append(f"k{len(self.names)}")
            self.device.publish({"temp": 4.5}, topic=f"fleet/north/{self.names[-1]}/telemetry")
            until(lambda: len(self.names) - len(self.device.acked) < 500, "the broker to follow")

    def stop(self):
        self.is_enough.set()
        self.join()
        self.device.wait_acked(len(self.names))
        self.device.close()


def test_killed_under_load_what_the_broker_held_arrives(corner, broker, subscriber):
    program = subscriber(broker)
    device = Endless(broker)
    until(lambda: corner.count("iot-events") > 300, "300 events")
    program.kill()
    known = len(device.names)
    until(lambda: len(device.names) > known + 2000, "2,000 more, which nobody takes")
    program = subscriber(broker)
    device.stop()
    until(lambda: stored(corner) >= set(device.names), "each of them", 60)
    assert "forgotten" not in program.log
    copies = corner.count("iot-events") - len(device.names)
    assert 0 <= copies < 2500, "only what was under way may come again (--subscribe-in-flight, and what one read brought more)"


@pytest.mark.waits
def test_while_kafka_is_away_the_broker_keeps_it(tmp_path_factory, broker, run):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=2)
        program = run("ingest", "--kafka", kafka.address, "--http", "", "--mqtt", "", "--admin-listen", "", "--give-up", "2s",
                      "--subscribe", broker.url, "--subscribe-in-flight", "50")
        program.wait_log("subscribed at")
        kafka.stop()
        names = [f"w{n}" for n in range(500)]
        publish(broker, names)
        program.wait_log("the broker shall send it again")
        kafka.start()
        until(lambda: stored(corner) == set(names), "each of them", 90)
    finally:
        kafka.stop()


def test_a_broker_that_is_restarted_is_found_again(corner, broker, subscriber):
    program = subscriber(broker)
    publish(broker, [f"a{n}" for n in range(200)])
    broker.stop()
    program.wait_log("retrying in")
    broker.start()
    publish(broker, [f"b{n}" for n in range(200)])
    until(lambda: len(stored(corner)) == 400, "all of them", 60)
    assert "forgotten" not in program.log


def test_a_session_that_the_broker_lost_is_told(corner, broker, subscriber):
    program = subscriber(broker)
    broker.stop()
    (broker.folder / "mosquitto.db").unlink()
    broker.start()
    program.wait_log("has forgotten our session", 60)


def test_two_instances_share_the_load(corner, broker, subscriber):
    programs = [subscriber(broker, "--subscribe-client-id", f"fw-{n}", "--subscribe-topic", "$share/fleetwire/fleet/+/+/telemetry")
                for n in range(2)]
    names = [f"s{n}" for n in range(400)]
    publish(broker, names)
    until(lambda: len(stored(corner)) == 400, "all of them")
    assert corner.count("iot-events") == 400, "each of them once"
    for n in range(2):
        assert broker.log().count(f"Sending PUBLISH to fw-{n} ") > 50
    assert [program.stop() for program in programs] == [0, 0]


@pytest.mark.waits
def test_two_with_the_same_id_are_told_so(broker, subscriber):
    first = subscriber(broker, "--subscribe-client-id", "same")
    subscriber(broker, "--subscribe-client-id", "same")
    first.wait_log("--subscribe-client-id")


def test_a_wrong_password_is_a_clear_error_and_tried_again(tmp_path, corner, subscriber):
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "jane", "another"], check=True)
    broker = Mosquitto(tmp_path / "mosquitto", "allow_anonymous false", f"password_file {passwords}")
    try:
        (tmp_path / "secret").write_text("s3cret\n")
        program = subscriber(broker, "--subscribe-username", "jane", "--subscribe-password-file", str(tmp_path / "secret"), waits=False)
        program.wait_log("--subscribe-password-file")
        assert "retrying in" in program.log and "s3cret" not in program.log
        subprocess.run(["mosquitto_passwd", "-b", passwords, "jane", "s3cret"], check=True)
        broker.reload()
        program.wait_log("subscribed at", 60)
    finally:
        broker.stop()


def test_by_tls_and_only_whom_we_trust(tmp_path, corner, subscriber):
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    broker = Mosquitto(tmp_path / "mosquitto", "allow_anonymous true", f"certfile {ours / 'server.pem'}", f"keyfile {ours / 'server.key'}",
                       scheme="mqtts")
    try:
        wary = subscriber(broker, "--subscribe-client-id", "wary", "--subscribe-ca", str(others / "ca.pem"), waits=False)
        wary.wait_log("retrying in")
        assert "certificate" in wary.log and "subscribed at" not in wary.log
        subscriber(broker, "--subscribe-ca", str(ours / "ca.pem"))
    finally:
        broker.stop()


def test_a_broker_that_is_not_there_yet_is_waited_for(tmp_path, corner, subscriber):
    broker = Mosquitto(tmp_path / "mosquitto")
    broker.stop()
    program = subscriber(broker, waits=False)
    program.wait_log("Connection refused; retrying in")
    broker.start()
    try:
        program.wait_log("subscribed at", 60)
    finally:
        broker.stop()


def test_a_stop_acknowledges_what_was_taken(corner, broker, subscriber):
    program = subscriber(broker)
    names = [f"d{n}" for n in range(2000)]
    publisher = threading.Thread(target=publish, args=(broker, names))
    publisher.start()
    until(lambda: corner.count("iot-events") > 100, "100 events")
    assert program.stop() == 0
    publisher.join(60)
    subscriber(broker)
    until(lambda: stored(corner) == set(names), "each of them", 60)
    assert corner.count("iot-events") == 2000, "a stop makes no copies"


@pytest.mark.parametrize("url", ["http://localhost", "mqtt://", "mqtt://jane:s3cret@localhost", "mqtt://localhost:0", "localhost:1883"])
def test_a_url_that_is_none_is_refused(run, url):
    program = run("ingest", "--subscribe", url)
    assert program.wait() == 64
    assert "mqtt://HOST[:PORT]" in program.log and "s3cret" not in program.log
