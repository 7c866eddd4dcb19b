# SPDX-License-Identifier: Apache-2.0
"""Clients that misbehave, or are slow: each gets a clear answer, and costs the others nothing."""
import collections
import json
import os
import socket
import time

import pytest
from websockets.sync.client import connect

from harness.raw_clients import REQUEST, RawClient
from harness.relay_clients import SUBPROTOCOL, Client, Firehose, metrics, wait_metric
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def served(corner, relay):
    corner.create("iot-events", partitions=2, message_timestamp_type="LogAppendTime")
    return relay(corner.address, "--topic-prefix", corner.prefix, "--client-timeout", "3s", "--max-lag", "1s")


def masked(opcode, payload, final=True):
    key = os.urandom(4)
    size = len(payload)
    head = bytes([(0x80 if final else 0) | opcode])
    head += bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return head + key + bytes(b ^ key[i % 4] for i, b in enumerate(payload))


def raw(program, small_buffer=False, subprotocol=None):
    sock = socket.socket()
    request = REQUEST.format(port=program.port, key="MDEyMzQ1Njc4OWFiY2RlZg==")
    if subprotocol:
        request = request.removesuffix("\r\n") + f"Sec-WebSocket-Protocol: {subprotocol}\r\n\r\n"
    if small_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", program.port))
    sock.sendall(request.encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):  # who speaks before the answer is not heard
        head += sock.recv(1)
    return sock


GARBAGE = {
    "no mask": bytes([0x81, 5]) + b"hello",
    "a reserved opcode": masked(5, b"x"),
    "a reserved bit": bytes([0xF1, 0x80]) + b"\0\0\0\0",
    "a fragmented ping": masked(9, b"x", final=False),
    "a length of 2^62": bytes([0x82, 0xFF]) + (1 << 62).to_bytes(8, "big") + b"\0\0\0\0",
    "random bytes": bytes(range(256)) * 8,
    "text that is not UTF-8": masked(1, b"\xff\xfe"),
}


def test_garbage_frames_hurt_nobody_else(served, corner):
    witness = Client(served.url)
    witness.ask(channel="log/iot-events")
    for frames in GARBAGE.values():
        with raw(served) as sock:
            sock.sendall(frames)
            sock.settimeout(0.5)
            try:
                while sock.recv(4096):
                    pass
            except (TimeoutError, ConnectionResetError):
                pass
    corner.send("iot-events", [{"device_id": n} for n in range(100)])
    until(lambda: len(witness.records) == 100, "all records at the witness")


def test_every_wrong_message_is_answered_and_the_socket_stays(served):
    client = Client(served.url)
    wrong = {
        "{": "bad_json", '{"op":"dance"}': "unknown_op", '{"op":"subscribe","channel":"x"}': "unknown_channel",
        '{"op":"subscribe","channel":"log/none"}': "unknown_topic", '{"op":"subscribe","channel":"latest/iot-events"}': "not_supported",
        '{"op":"subscribe","channel":"fleet","where":"speed >"}': "bad_query", '{"op":"history"}': "not_supported",
        '{"op":"subscribe","channel":"fleet","interval_ms":1}': "bad_request", '{"op":"unsubscribe","ch":77}': "not_subscribed",
    }
    for n, (text, code) in enumerate(wrong.items(), 1):
        client.socket.send(text)
        assert client.wait_said("error", count=n)["code"] == code, text
    assert client.ask(channel="fleet")
    wait_metric(served, 'fleetwire_relay_errors_total{code="bad_query"}', 1)


def test_ten_thousand_subscriptions(served, corner):
    witness, greedy = Client(served.url), Client(served.url)
    witness.ask(channel="log/iot-events")
    for n in range(10_000):
        greedy.say(op="subscribe", id=n, channel="fleet", where=f"temp_c > {n}")
    until(lambda: len(greedy.said("subscribed")) + len(greedy.said("error")) == 10_000 or greedy.closed, "an answer to each")
    assert len(greedy.said("subscribed")) == 32
    codes = collections.Counter(m["code"] for m in greedy.said("error"))
    assert set(codes) <= {"too_many_subscriptions", "overloaded"}
    for limit, code in (("subscriptions", "too_many_subscriptions"), ("unanswered", "overloaded")):
        wait_metric(served, f'fleetwire_relay_subscriptions_refused_total{{limit="{limit}"}}', codes[code])
    corner.send("iot-events", [{"device_id": n} for n in range(100)])
    until(lambda: len(witness.records) == 100, "all records at the witness")
    assert metrics(served)["fleetwire_relay_groups"] <= 32


def test_a_message_over_the_limit_is_told_and_closed(served):
    client = Client(served.url)
    client.socket.send('{"op":"subscribe","where":"' + "x" * 70_000 + '"}')
    assert client.wait_said("error")["code"] == "too_large"
    until(lambda: client.closed, "the socket to be closed")
    assert client.closed.rcvd.code == 1009
    wait_metric(served, 'fleetwire_relay_closes_total{reason="too_large"}', 1)


def test_a_message_as_large_as_hello_allows_is_taken(served):
    client = Client(served.url)
    allowed = client.wait_said("hello")["limits"]["message_bytes"]
    client.socket.send('{"op":"dance"}'.ljust(allowed))
    assert client.wait_said("error")["code"] == "unknown_op" and not client.closed
    client.socket.send('{"op":"dance"}'.ljust(allowed + 1))
    assert client.wait_said("error", count=2)["code"] == "too_large"


def test_who_asks_without_reading_is_closed_and_the_log_says_why(broker, relay):
    served = relay(broker("iot-events:1").address, "--max-control-backlog", "4k", "--client-timeout", "60s")
    with raw(served, small_buffer=True, subprotocol=SUBPROTOCOL) as sock, pytest.raises(OSError):
        while True:
            sock.sendall(masked(1, b'{"op":"dance","id":"' + b"x" * 500 + b'"}') * 20)
    served.wait_log("--max-control-backlog")
    wait_metric(served, 'fleetwire_relay_closes_total{reason="control_backlog"}', 1)


def test_who_never_reads_is_closed_and_the_others_lose_nothing(served, corner):
    witness = Client(served.url)
    witness.ask(channel="log/iot-events")
    never = raw(served, small_buffer=True)
    value = json.dumps({"device_id": 1, "note": "x" * 2000}).encode()
    sent = 0
    deadline = time.monotonic() + 40
    while "takes nothing" not in served.log and time.monotonic() < deadline:
        corner.send("iot-events", [value] * 200)
        sent += 200
        until(lambda: len(witness.records) >= sent, f"{sent} records at the witness")
    assert "takes nothing" in served.log and "--client-timeout" in served.log
    assert metrics(served)['fleetwire_relay_closes_total{reason="stalled"}'] == 1
    assert not witness.said("gap")
    never.close()


def test_a_large_record_on_a_slow_line_is_no_silence(corner, relay):
    """The record takes several times --client-timeout, and longer than pings may go unanswered; its reader never pauses."""
    corner.create("iot-events", partitions=1)
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--client-timeout", "2s", "--ping-interval", "2s", "--ping-timeout", "1s")
    value = b'{"device_id":1,"note":"' + b"x" * 900_000 + b'"}'
    received = bytearray()
    with raw(served, small_buffer=True) as sock:
        until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 1, "the client to be counted")
        corner.send("iot-events", [value])

        def has_it():
            part = sock.recv(6000)
            assert part, f"closed after {len(received)} bytes\n{served.report()}"
            received.extend(part)
            return value in received

        until(has_it, "the record, a few kB at a time", every=0.02)
    assert "takes nothing" not in served.log


def test_a_slow_log_reader_is_told_what_it_lost(served, corner):
    client = connect(served.url, subprotocols=["fleetwire.v1+json"], max_size=None, max_queue=1, ping_interval=None, legacy=True)
    client.send(json.dumps({"op": "subscribe", "id": 1, "channel": "log/iot-events"}))
    while json.loads(client.recv(timeout=10))["op"] != "subscribed":
        pass
    value = json.dumps({"device_id": 1, "note": "x" * 5000}).encode()
    until(lambda: corner.send("iot-events", [value] * 200, partition=0)
          or metrics(served)["fleetwire_relay_subscriptions_conflated"] or metrics(served)["fleetwire_relay_block_bytes"] > 1 << 20,
          "the client to fall behind", every=0.3)
    time_until_behind = time.monotonic() + 1.5
    until(lambda: time.monotonic() > time_until_behind, "it to be behind for --max-lag")
    corner.send("iot-events", [value] * 10, partition=0)
    seen, lost, lanes = [], [], []

    def caught_up():
        message = json.loads(client.recv(timeout=10))
        seen.extend(record["o"] for record in message.get("records", []))
        lost.extend(range(r["from"], r["to"]) for r in message.get("ranges", []))
        if message["op"] == "lane":
            lanes.append(message["lane"])
        return lost and seen[-1:] and lanes[-1:] == ["live"]

    corner.send("iot-events", [b'{"device_id":2}'], partition=0)
    until(caught_up, "it to be level again", every=0)
    told = sorted(seen + [offset for gap in lost for offset in gap])
    assert told == list(range(told[-1] + 1)) and lanes[0] == "conflated"
    client.close()


def test_the_firehose_ignores_what_it_is_told(served, corner):
    client = Firehose(served.url)
    client.socket.send("anything")
    client.socket.send(b"\x00\x01")
    until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 1, "the client to be counted")
    corner.send("iot-events", [b'{"device_id":1}'])
    assert client.wait(1) == ['{"device_id":1}']


def test_a_client_that_goes_is_forgotten(served):
    clients = [RawClient(served.port) for _ in range(20)]
    until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 20, "20 clients")
    for client in clients:
        client.socket.close()
    until(lambda: metrics(served)['fleetwire_relay_clients{lane="live"}'] == 0, "no clients")
    assert metrics(served)['fleetwire_relay_closes_total{reason="lost"}'] == 20
    Client(served.url).close()
    wait_metric(served, 'fleetwire_relay_closes_total{reason="left"}', 1)
