# SPDX-License-Identifier: Apache-2.0
"""The simulator and Kafka: what it says it produced is there, and it never makes ghosts among real devices."""
import json
import subprocess
from collections import Counter

import pytest

from harness.waiting import until

SMALL = ("--devices", "40", "--interval", "200ms", "--admin-listen", "")


@pytest.fixture
def sim(run, kafka, corner):
    """sim(*arguments): the simulator on this test's own topics."""
    return lambda *arguments: run("sim", "--kafka", kafka.address, "--topic-prefix", corner.prefix, *SMALL, *arguments)


def test_what_it_says_it_produced_is_there_once_each(sim, corner):
    corner.create("iot-events")
    program = sim("--seconds", "3", "--run", "r1")
    assert program.wait() == 0
    closing = json.loads(program.lines[-1])
    assert closing["run"] == "r1" and closing["failed"] == 0 and closing["devices"] == 40
    assert closing["produced"] >= 40 * 15 * 0.9
    assert 0 <= closing["lateness_ms"]["p50"] <= closing["lateness_ms"]["p99"]

    messages = corner.read("iot-events", closing["produced"])
    assert len(messages) == closing["produced"]
    seen = Counter()
    for message in messages:
        event = json.loads(message.value())
        assert message.key().decode() == "default/" + event["device_id"]
        assert dict(message.headers()) == {"run": b"r1"}
        assert event["origin"] == "sim"
        seen[event["device_id"], event["ts_ms"], event["seq"]] += 1
    assert set(seen.values()) == {1}
    assert {device for device, _, _ in seen} <= {f"{kind}-{n:04}" for kind in ("TRK", "VAN") for n in range(1, 41)}


def test_kcat_reads_what_it_writes(sim, kafka, corner):
    corner.create("iot-events")
    program = sim("--seconds", "1")
    assert program.wait() == 0
    out = subprocess.run(
        ["kcat", "-b", kafka.address, "-C", "-t", corner.name("iot-events"), "-e", "-q", "-f", "%k %s\n"],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout.splitlines()
    assert len(out) == json.loads(program.lines[-1])["produced"]
    key, value = out[0].split(" ", 1)
    assert key == "default/" + json.loads(value)["device_id"]


def test_asked_to_end_it_brings_out_what_is_under_way(sim, corner):
    corner.create("iot-events")
    program = sim()
    corner.read("iot-events", 50)
    assert program.stop() == 0
    produced = json.loads(program.lines[-1])["produced"]
    assert produced >= 50
    assert len(corner.read("iot-events", produced)) == produced


def test_a_topic_with_real_devices_is_refused_unless_mixing_is_asked_for(sim, corner):
    corner.create("iot-events")
    corner.send("iot-events", [{"device_id": 1, "temp": 25.3}])
    program = sim("--seconds", "1")
    assert program.wait() == 64
    assert "--mix-with-real" in program.log and '{"device_id": 1, "temp": 25.3}' in program.log
    assert len(corner.read("iot-events", 1)) == 1

    assert sim("--seconds", "1", "--mix-with-real").wait() == 0
    assert len(corner.read("iot-events", 10)) > 10


def test_its_own_records_are_no_reason_to_refuse(sim, corner):
    corner.create("iot-events")
    assert sim("--seconds", "1").wait() == 0
    assert sim("--seconds", "1").wait() == 0


def test_forget_leaves_tombstones_where_its_devices_were(sim, corner):
    corner.create("fleet.state", cleanup_policy="compact")
    corner.create("fleet.assets", cleanup_policy="compact")
    program = sim("--forget")
    assert program.wait() == 0
    states, assets = corner.read("fleet.state", 40), corner.read("fleet.assets", 40)
    assert all(message.value() is None for message in states + assets)
    assert all(message.key().startswith((b"default/TRK-", b"default/VAN-")) for message in states)
    assert all(message.key().startswith((b"default/vehicle/TRK-", b"default/vehicle/VAN-")) for message in assets)


def test_a_broker_that_is_away_is_said(run):
    program = run("sim", "--kafka", "localhost:1", *SMALL)
    assert program.wait() == 69
    assert "localhost:1" in program.log and "--kafka" in program.log


def test_a_broker_elsewhere_needs_a_topic_by_name(run):
    program = run("sim", "--kafka", "kafka.example.com:9092", *SMALL)
    assert program.wait() == 64
    assert "--topic" in program.log


def test_metrics_count_what_kafka_has(run, broker, tmp_path):
    import urllib.request

    from harness.ports import free_port

    port = free_port()
    embedded = broker("iot-events:8")
    program = run("sim", "--kafka", embedded.address, "--devices", "20", "--interval", "100ms", "--admin-listen", f"localhost:{port}")

    def produced():
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/metrics", timeout=5) as answer:
                text = answer.read().decode()
        except OSError:
            return 0
        found = [line for line in text.splitlines() if line.startswith("fleetwire_sim_events_produced_total ")]
        return float(found[0].split()[1])

    until(lambda: produced() > 50, "the metrics to count")
    assert program.stop() == 0
