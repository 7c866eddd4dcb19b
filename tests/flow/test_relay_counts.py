# SPDX-License-Identifier: Apache-2.0
"""What a delivery costs, counted rather than timed: bytes, system calls and allocations. Times are for ./dev bench."""
import contextlib

from harness.counting import Mallocs, SystemCalls
from harness.raw_clients import RawClients

BURST, BURSTS = 100, 20
VALUE = b'{"device_id":"counted","temp_c":25.3,"pad":"%s"}' % (b"x" * 150)
FRAME_BYTES = len(VALUE) + 4


@contextlib.contextmanager
def firehose(relay, corner, clients, tmp_path):
    """A relay with that many clients, past its first burst; the relay, its mallocs, the clients, and what sends a burst."""
    corner.create("iot-events", partitions=4)
    mallocs = Mallocs(tmp_path)
    program = relay(corner.address, "--topic-prefix", corner.prefix, env=mallocs.env)
    crowd = RawClients(program.port, clients)
    sent = 0

    def burst():
        nonlocal sent
        sent += BURST
        corner.send("iot-events", [VALUE] * BURST)
        crowd.wait_frames(sent, f"{sent} messages at each of {clients} clients\n{program.report()}")

    try:
        burst()
        yield program, mallocs, crowd, burst
    finally:
        crowd.close()


def test_bytes_are_the_value_and_four(relay, corner, tmp_path):
    with firehose(relay, corner, 10, tmp_path) as (_, _, crowd, burst):
        burst()
        assert crowd.frames() == 10 * 2 * BURST
        assert crowd.bytes() == crowd.frames() * FRAME_BYTES


def test_a_turn_is_one_system_call(relay, corner, tmp_path):
    clients = 50
    with firehose(relay, corner, clients, tmp_path) as (program, _, crowd, burst):
        before = crowd.frames()
        with SystemCalls(program.process.pid, tmp_path) as counted:
            for _ in range(BURSTS):
                burst()
        deliveries = crowd.frames() - before
        assert deliveries == clients * BURST * BURSTS
        assert counted.calls["sendto"] <= 0.1 * deliveries, counted.calls
        assert sum(counted.calls.values()) <= 0.15 * deliveries, counted.calls


def allocations(relay, corner, clients, tmp_path):
    with firehose(relay, corner, clients, tmp_path) as (_, mallocs, _, burst):
        before = mallocs.read()
        for _ in range(BURSTS):
            burst()
        return mallocs.read() - before


def test_allocations_do_not_grow_with_deliveries(relay, corner, tmp_path):
    few = allocations(relay, corner, 20, tmp_path)
    corner.prefix += "more."
    many = allocations(relay, corner, 60, tmp_path)
    more_deliveries = 40 * BURST * BURSTS
    assert few > 0
    assert many - few <= 0.01 * more_deliveries, f"{few} with 20 clients, {many} with 60"
