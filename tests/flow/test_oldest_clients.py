# SPDX-License-Identifier: Apache-2.0
"""What people had before: a five-line Python producer, a plain WebSocket client, a kafkajs broadcaster, kcat."""
import json
import subprocess
import sys

import pytest

from harness import follow
from harness.network import OwnNetwork
from harness.node import PACKAGES, node_environment
from harness.ports import free_port
from harness.programs import SOURCE, binary
from harness.real_kafka import RealKafka
from harness.waiting import until

FIVE_LINES = SOURCE / "tests" / "flow" / "five_lines.py"


@pytest.fixture
def network():
    made = OwnNetwork()
    yield made
    made.close()


@pytest.fixture(params=["embedded", "kafka"])
def demo_at_default_ports(request, run, network, tmp_path):
    """`fleetwire demo` at localhost:8080, its broker at localhost:9092, in a network of their own."""
    server, named = None, []
    if request.param == "kafka":
        server = RealKafka(tmp_path, port=9092, inside=network.inside)
        named = ["--kafka", "localhost:9092"]
    demo = run(*network.inside, binary("demo"), "--headless", "--devices", "0", *named)
    demo.wait_log("Page:   http://localhost:8080/")
    yield demo
    demo.stop()
    if server:
        server.stop()


def test_a_five_line_producer_is_seen_within_a_second(run, network, demo_at_default_ports):
    node = run(*network.inside, "node", PACKAGES / "listen.js", "ws://localhost:8080", env=node_environment())
    fleet = run(
        *network.inside, sys.executable, follow.__file__, "ws://localhost:8080",
        json.dumps({"op": "subscribe", "id": 1, "channel": "fleet", "fields": ["temp_c"]}),
    )
    node.wait_line("open")
    fleet.wait_line("subscribed")
    producer = run(*network.inside, sys.executable, FIVE_LINES)
    producer.wait_line("temp")
    until(lambda: len(node.json()) >= 4, f"three values at the plain client\n{node.report()}")

    sent = producer.json()
    heard = [message for message in node.json() if "text" in message]
    assert [message["text"] for message in heard] == [line["text"] for line in sent[: len(heard)]]
    assert not any(message["binary"] for message in heard)

    def seen_ms(temp):
        for message in fleet.json():
            for row in message.get("set", message.get("rows", [])):
                if row["device_id"] == "1" and row.get("temp_c") == temp:
                    return message["at_ms"]
        return None

    for line in sent[:2]:
        temp = json.loads(line["text"])["temp"]
        at_ms = until(lambda wanted=temp: seen_ms(wanted), f"{temp} in the fleet channel\n{fleet.report()}")
        assert at_ms - line["at_ms"] < 1000


def test_a_plain_client_gets_what_a_plain_broadcaster_sends(run, relay, corner):
    """Byte for byte, whatever the value; and both live on one broker without knowing each other."""
    corner.create("iot-events", partitions=1)
    port = free_port()
    environment = node_environment()
    broadcaster = run(
        "node", PACKAGES / "broadcast.js", corner.address, corner.name("iot-events"), port, env=environment
    )
    broadcaster.wait_line("joined")
    ours = relay(corner.address, "--topic-prefix", corner.prefix)
    clients = [
        run("node", PACKAGES / "listen.js", f"ws://localhost:{at}", env=environment) for at in (port, ours.port)
    ]
    for client in clients:
        client.wait_line("open")

    values = [
        b'{"device_id": 1, "temp": 25.3}', '{"device_id":"lkw-ü","label":"  zwei  "}'.encode(), b"not json", b"{}",
        b'{"device_id":2,"pad":"' + b"x" * 70000 + b'"}', "\U0001f69a".encode(), b" ",
    ]
    corner.send("iot-events", values)
    for client in clients:
        until(lambda c=client: len(c.json()) > len(values), client.report()[:2000])
        heard = [message for message in client.json() if "text" in message]
        assert [message["text"].encode() for message in heard] == values
        assert not any(message["binary"] for message in heard)


def test_kcat_reads_what_the_sim_writes(run, kafka, corner):
    corner.create("iot-events")
    sim = run(
        "sim", "--kafka", kafka.address, "--topic-prefix", corner.prefix, "--devices", "5", "--interval", "200ms",
        "--seconds", "3", "--run", "kcat-test", "--admin-listen", "",
    )
    assert sim.wait() == 0, sim.report()
    closing = json.loads(sim.lines[-1])
    assert closing["run"] == "kcat-test" and closing["failed"] == 0 and closing["produced"] >= 50
    done = subprocess.run(
        ["kcat", "-C", "-b", kafka.address, "-t", corner.name("iot-events"), "-e", "-q", "-f", "%k\\t%h\\t%s\\n"],
        capture_output=True, text=True, timeout=30, check=True,
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) == closing["produced"]
    for key, headers, value in rows:
        event = json.loads(value)
        assert key == f"{event.get('fleet', 'default')}/{event['device_id']}"
        assert "run=kcat-test" in headers.split(",")
        assert event["origin"] == "sim"
    assert len({(e["device_id"], e["seq"]) for e in (json.loads(value) for _, _, value in rows)}) == len(rows)
