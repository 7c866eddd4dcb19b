# SPDX-License-Identifier: Apache-2.0
"""fleetwire demo: it starts, counts, says what is wrong, and leaves nothing behind."""
import json
import os
import pathlib
import signal
import socket
import sys

import pytest

from harness.ports import free_port
from harness.programs import SOURCE, binary
from harness.terminal import Wire
from harness.waiting import until

ENTER_SCREEN, LEAVE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
FILTER = SOURCE / "tests" / "flow" / "lossy_filter.py"


def demo(run, *arguments, **options):
    return run("demo", "--listen", f"localhost:{free_port()}", *arguments, **options)


def descendants(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def assert_whole(closing, at_least):
    assert closing["produced"] >= at_least
    assert closing["delivered"] == closing["produced"]
    assert (closing["lost"], closing["duplicated"], closing["failed"]) == (0, 0, 0)
    for name in ("latency_ms", "latency_fleet_ms"):
        assert 0 < closing[name]["p50"] <= closing[name]["p99"] < 5000


@pytest.mark.sanitized
def test_embedded_loses_and_doubles_nothing(run):
    program = demo(run, "--headless", "--devices", "60", "--seconds", "4")
    assert program.wait(60) == 0, program.report()
    assert "Page:" in program.log and "Broker:" in program.log
    closing = json.loads(program.lines[-1])
    assert closing["broker"] == "embedded" and closing["foreign"] == 0
    assert_whole(closing, at_least=60)


def test_real_kafka_and_a_stranger_on_the_topic(run, kafka, corner):
    program = demo(
        run, "--headless", "--devices", "60", "--seconds", "4", "--kafka", kafka.address, "--topic-prefix", corner.prefix
    )
    program.wait_log("fleetwire-sim sim: run")
    corner.send("iot-events", [{"device_id": n, "temp": 20} for n in range(7)])
    assert program.wait(60) == 0, program.report()
    closing = json.loads(program.lines[-1])
    assert closing["broker"] == "kafka" and closing["foreign"] == 7
    assert_whole(closing, at_least=60)


def test_what_warms_a_kafka_up_is_no_data(run, kafka, corner):
    """A Kafka just started is slow: the demo sends it records first. All of them are tombstones, beside the events."""
    program = demo(
        run, "--headless", "--devices", "20", "--seconds", "1", "--kafka", kafka.address, "--topic-prefix", corner.prefix
    )
    assert program.wait(60) == 0, program.report()
    closing = json.loads(program.lines[-1])
    events = corner.read("iot-events", closing["produced"])
    assert len(events) == closing["produced"]
    assert {dict(event.headers())["run"].decode() for event in events} == {closing["run"]}
    warming = corner.read("fleet.processor", 16)
    assert all(record.value() is None and record.key().startswith(b"demo/warm-up/") for record in warming)


def test_one_of_a_hundred_thousand_lost_and_one_twice(run, kafka, corner):
    """The figures are counted, not assumed: a filter between simulation and relay drops one record and doubles one."""
    corner.create("raw")
    corner.create("iot-events")
    lossy = run(
        sys.executable, FILTER, kafka.address, corner.name("raw"), corner.name("iot-events"), "50000", "60000"
    )
    lossy.wait_line("forwarding")
    program = demo(
        run, "--headless", "--devices", "21000", "--seconds", "15", "--kafka", kafka.address,
        "--topic-prefix", corner.prefix, "--sim-topic", "raw",
    )
    assert program.wait(120) == 1, program.report()
    closing = json.loads(program.lines[-1])
    assert closing["produced"] >= 100_000
    assert (closing["lost"], closing["duplicated"]) == (1, 1)
    assert closing["delivered"] == closing["produced"] - 1


def test_without_a_terminal_it_goes_on_headless(run):
    program = demo(run, "--devices", "3", "--seconds", "1")
    assert program.wait(60) == 0, program.report()
    assert "no terminal" in program.log
    assert json.loads(program.lines[-1])["produced"] > 0


def test_interrupted_it_still_counts_and_leaves_nothing(run):
    program = demo(run, "--headless", "--devices", "20")
    program.wait_log("Page:")
    children = descendants(program.process.pid)
    assert len(children) >= 3
    assert program.stop(signal.SIGINT, 30) == 0
    assert json.loads(program.lines[-1])["lost"] == 0
    assert not [pid for pid in children if is_alive(pid)]


def test_killed_it_leaves_nothing(run):
    program = demo(run, "--headless", "--devices", "20")
    program.wait_log("Page:")
    children = descendants(program.process.pid)
    program.kill()
    until(lambda: not [pid for pid in children if is_alive(pid)], "the children to die with it")


@pytest.mark.parametrize("victim", ["broker", "relay", "sim"])
def test_a_program_that_dies_is_named(run, victim):
    program = demo(run, "--headless", "--devices", "20")
    program.wait_log("Page:")

    def process_of(name):
        for pid in descendants(program.process.pid):
            if os.readlink(f"/proc/{pid}/exe").endswith(f"fleetwire-{name}"):
                return pid
        return None

    os.kill(until(lambda: process_of(victim), f"{victim} to run"), signal.SIGKILL)
    assert program.wait(60) == 69
    assert f"{victim} ended with status 137" in program.log


def test_a_taken_port_is_said(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = run("demo", "--headless", "--seconds", "1", "--listen", f"localhost:{port}")
        assert program.wait() == 69
    assert f"port {port} is in use" in program.log and "--listen" in program.log
    assert not program.lines


def test_no_broker_is_said(run):
    program = demo(run, "--headless", "--seconds", "1", "--kafka", "localhost:1")
    assert program.wait(60) == 69
    assert "no Kafka broker answers at 'localhost:1'" in program.log


def test_in_a_terminal_the_dashboard_ends_it(tmp_path):
    environment = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(tmp_path)}
    wire = Wire([binary("demo"), "--devices", "20", "--listen", f"localhost:{free_port()}"], environment)
    try:
        until(lambda: b"Page:" in wire.bytes and b"Broker:" in wire.bytes, "the addresses")
        until(lambda: ENTER_SCREEN in wire.bytes, "the dashboard to take the terminal")
        children = descendants(wire.pid)
        assert len(children) >= 4
        until(lambda: b"TRK-" in wire.bytes or b"VAN-" in wire.bytes, "vehicles on the screen")
        wire.send(b"q")
        assert wire.wait(60) == 0, wire.bytes[-2000:]
        assert LEAVE_SCREEN in wire.bytes
        assert b"events produced" in wire.bytes.split(LEAVE_SCREEN)[-1]
        assert not [pid for pid in children if is_alive(pid)]
    finally:
        wire.hang_up()
