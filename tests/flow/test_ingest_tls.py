# SPDX-License-Identifier: Apache-2.0
"""Devices that come by TLS: the usual clients against a real Kafka, with and without a certificate of their own."""
import json
import os
import signal
import socket
import ssl
import subprocess

import paho.mqtt.client as paho
import pytest

from harness.certificates import Authority
from harness.ingest_clients import Device
from harness.node import node_environment
from harness.ports import free_port
from harness.programs import SOURCE
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def door(corner, ingest, authority):
    """door(*arguments): an ingest that listens by TLS as well, at .mqtts_port, as localhost."""

    def start(*arguments, expired=False):
        corner.create("iot-events", message_timestamp_type="LogAppendTime")
        corner.create("fleet.rejects", partitions=1)
        certificate, key = authority.sign("server", "localhost", expired=expired)
        mqtts_port = free_port()
        program = ingest(corner.address, "--topic-prefix", corner.prefix, "--mqtts", f"localhost:{mqtts_port}",
                         "--tls-certificate", certificate, "--tls-key", key, *arguments)
        program.mqtts_port = mqtts_port
        return program

    return start


def by_tls(authority, certificate=None, key=None):
    context = ssl.create_default_context(cafile=authority.file)
    if certificate:
        context.load_cert_chain(certificate, key)
    return context


def temperatures(corner, count):
    return sorted(json.loads(message.value())["temp"] for message in corner.read("iot-events", count))


def test_the_usual_clients(door, corner, authority):
    ingest = door()
    for version, temp in ((paho.MQTTv311, 1), (paho.MQTTv5, 2)):
        device = Device(ingest.mqtts_port, version=version, tls=by_tls(authority))
        device.publish({"temp": temp})
        device.wait_acked(1)
        device.close()
    subprocess.run(["mosquitto_pub", "-h", "localhost", "-p", str(ingest.mqtts_port), "--cafile", authority.file, "-q", "1", "-t",
                    "fleet/north/7/telemetry", "-m", '{"temp": 3}'], check=True, timeout=30)
    node = subprocess.run(
        ["node", SOURCE / "tests/flow/node/publish.js", f"mqtts://localhost:{ingest.mqtts_port}", "5", "fleet/north/7/telemetry",
         '{"temp": 4}'], capture_output=True, text=True, timeout=60,
        env={**os.environ, **node_environment(), "NODE_EXTRA_CA_CERTS": str(authority.file)})
    assert node.stdout == 'acknowledged {"temp": 4}\n', node.stderr
    plain = Device(ingest.mqtt_port)
    plain.publish({"temp": 5})
    plain.wait_acked(1)
    plain.close()
    assert temperatures(corner, 5) == [1, 2, 3, 4, 5]
    assert "fleetwire_ingest_handshakes_total 4" in ingest.metrics()


def test_who_does_not_trust_us_goes_and_others_stay(door, corner, authority, tmp_path):
    ingest = door()
    stays = Device(ingest.mqtts_port, tls=by_tls(authority))
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other")
    with pytest.raises(ssl.SSLCertVerificationError):
        Device(ingest.mqtts_port, "8", tls=by_tls(stranger))
    with socket.create_connection(("localhost", ingest.mqtts_port), 10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while plain.recv(1000):
            pass
    with pytest.raises((ssl.SSLError, ConnectionError)):
        Device(ingest.mqtt_port, "9", tls=by_tls(authority))
    stays.publish({"temp": 1})
    stays.wait_acked(1)
    stays.close()
    until(lambda: "fleetwire_ingest_handshakes_failed_total 2" in ingest.metrics(), "the failed ones to be counted")


def test_a_certificate_says_who_it_is(door, corner, authority):
    ingest = door("--tls-client-ca", authority.file)
    certificate, key = authority.sign("reefer-7", "reefer-7.example", common_name="north/7")
    device = Device(ingest.mqtts_port, version=paho.MQTTv5, tls=by_tls(authority, certificate, key))
    device.publish({"temp": 1})
    device.publish({"temp": 2}, topic="fleet/north/8/telemetry")
    device.wait_acked(2)
    assert [reason.value for reason in device.reasons] == [0, 0x87]
    device.close()
    for port, tls in ((ingest.mqtts_port, by_tls(authority)), (ingest.mqtt_port, None)):
        stranger = Device(port, "9", version=paho.MQTTv5, tls=tls)
        assert stranger.answer.value == 0x87
        stranger.close()
    message, = corner.read("iot-events", 1)
    assert message.key() == b"north/7"


def test_only_those_with_a_certificate(door, authority):
    ingest = door("--tls-client-ca", authority.file, "--tls-require-certificate")
    certificate, key = authority.sign("reefer-7", "reefer-7.example", common_name="north/7")
    device = Device(ingest.mqtts_port, tls=by_tls(authority, certificate, key))
    device.publish({"temp": 1})
    device.wait_acked(1)
    device.close()
    with socket.create_connection(("localhost", ingest.mqtts_port), 10) as link, \
            by_tls(authority).wrap_socket(link, server_hostname="localhost") as tls, pytest.raises(ssl.SSLError, match="(?i)certificate.required"):
        tls.recv(1)
    until(lambda: "fleetwire_ingest_handshakes_failed_total 1" in ingest.metrics(), "the failed one to be counted")


def test_an_expired_certificate_is_told_on_both_sides(door, authority):
    ingest = door(expired=True)
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        Device(ingest.mqtts_port, tls=by_tls(authority))
    assert "has expired" in ingest.report()


def test_a_new_certificate_without_a_stop(door, corner, authority, tmp_path):
    ingest = door()
    old = Device(ingest.mqtts_port, tls=by_tls(authority))
    authority.sign("server", "localhost", common_name="renewed")
    ingest.process.send_signal(signal.SIGHUP)

    def common_name():
        with socket.create_connection(("localhost", ingest.mqtts_port), 10) as link, \
                by_tls(authority).wrap_socket(link, server_hostname="localhost") as tls:
            return dict(pair for name in tls.getpeercert()["subject"] for pair in name).get("commonName")

    until(lambda: common_name() == "renewed", "the new certificate to be shown")
    (tmp_path / "server.pem").write_text("not any more")
    ingest.process.send_signal(signal.SIGHUP)
    until(lambda: "server.pem" in ingest.report(), "the bad file to be named")
    old.publish({"temp": 1})
    old.wait_acked(1)
    old.close()
    assert common_name() == "renewed"


@pytest.mark.parametrize("arguments, says", [
    (["--mqtts", "localhost:0"], "--tls-certificate"),
    (["--tls-certificate", "server.pem"], "--tls-key"),
    (["--mqtts", "localhost:0", "--tls-certificate", "/none.pem", "--tls-key", "/none.key"], "/none.pem"),
    (["--mqtts", "localhost:0", "--tls-require-certificate"], "--tls-client-ca"),
], ids=["no certificate", "no key", "no file", "no authority"])
def test_wrong_words(run, arguments, says):
    program = run("ingest", "--kafka", "localhost:1", "--http", "localhost:0", "--mqtt", "", "--admin-listen", "", *arguments)
    assert program.process.wait(20) in (64, 78)
    assert says in program.report()
