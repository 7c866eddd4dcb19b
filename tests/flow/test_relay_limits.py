# SPDX-License-Identifier: Apache-2.0
"""No limit is silent: what happens beyond it, and what counts it. Those of one request are in tests/unit/relay."""
import socket

import pytest
from websockets.exceptions import InvalidStatus

from harness.raw_clients import RawClient
from harness.relay_clients import Client, metrics, wait_metric
from harness.waiting import until

pytestmark = pytest.mark.sanitized
THREADS = ("--threads", "3")  # the kernel spreads clients over them as it likes; the limits hold for all together


@pytest.fixture
def limited(broker, relay):
    """limited(*options): a relay with these."""
    return lambda *options: relay(broker("iot-events:1").address, *options)


def refused(program, limit):
    return metrics(program)[f'fleetwire_relay_connections_refused_total{{limit="{limit}"}}']


def comes_in(program, address="127.0.0.1"):
    """A client from that address, or None when it is asked to come later."""
    sock = socket.create_connection(("127.0.0.1", program.port), source_address=(address, 0))
    try:
        return Client(program.url, sock=sock)
    except InvalidStatus as answer:
        assert answer.response.status_code == 503 and "Retry-After" in answer.response.headers
        return None


def ends(sock):
    """Reads until the other side has closed."""
    try:
        while sock.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def test_clients_beyond_the_limit_are_asked_to_come_later(limited):
    served = limited("--max-clients", "4", *THREADS)
    clients = [comes_in(served) for _ in range(9)]
    assert [client is not None for client in clients] == [True] * 4 + [False] * 5
    assert refused(served, "clients") == 5
    clients[0].close()
    until(lambda: comes_in(served), "the place that is free")


def test_clients_of_one_address_are_limited(limited):
    served = limited("--max-clients-per-address", "3", *THREADS)
    clients = [comes_in(served) for _ in range(8)]
    assert [client is not None for client in clients] == [True] * 3 + [False] * 5
    assert refused(served, "clients_per_address") == 5
    assert comes_in(served, "127.0.0.2")


def test_handshakes_beyond_the_allowance_are_asked_to_come_later(limited):
    served = limited("--max-handshakes", "2", *THREADS)
    assert comes_in(served)
    until(lambda: comes_in(served) is None, "a refusal", every=0)
    assert refused(served, "handshakes") == 1
    until(lambda: comes_in(served), "the next second's allowance")


def test_half_open_sockets_are_shed(limited):
    served = limited("--handshake-timeout", "1s")
    halves = [socket.create_connection(("127.0.0.1", served.port), timeout=30) for _ in range(50)]
    for half in halves[:25]:
        half.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgr")
    client = Client(served.url)
    assert client.ask(channel="fleet")
    for half in halves:
        assert ends(half)
    wait_metric(served, "fleetwire_relay_connections_silent_total", 50)


def test_headers_beyond_the_limit_are_refused(limited):
    served = limited()
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 40_000 + b"\r\n\r\n")
        assert ends(sock)
    wait_metric(served, "fleetwire_relay_connections_silent_total", 1)
    assert Client(served.url).ask(channel="fleet")


def test_who_answers_no_ping_is_closed(limited):
    served = limited("--ping-interval", "1s", "--ping-timeout", "1s")
    deaf, answering = RawClient(served.port), Client(served.url)
    wait_metric(served, 'fleetwire_relay_closes_total{reason="lost"}', 1)
    assert answering.ask(channel="fleet")
    deaf.socket.setblocking(True)
    assert ends(deaf.socket)


def test_a_full_ring_is_counted_and_the_client_converges(corner, relay):
    corner.create("iot-events", partitions=1)
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--ring-slots", "2")
    client = Client(served.url)
    channels = [client.ask(channel="fleet", interval_ms=100, where=f"temp_c > {-n}") for n in range(8)]
    for temp in (1, 2, 3):
        corner.send("iot-events", [{"device_id": 1, "temp_c": temp}])
        for ch in channels:
            client.wait_rows(ch, lambda rows: rows.get(("default", "1"), {}).get("temp_c") == temp, f"{temp} degrees")
    wait_metric(served, "fleetwire_relay_rings_full_total", 1)


def test_devices_beyond_the_limit_are_counted(corner, relay):
    corner.create("iot-events", partitions=1)
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--max-devices", "10")
    corner.send("iot-events", [{"device_id": n} for n in range(15)])
    wait_metric(served, "fleetwire_relay_devices_refused_total", 5)
    wait_metric(served, "fleetwire_relay_devices", 10)
    assert "--max-devices" in served.log
