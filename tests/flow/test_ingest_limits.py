# SPDX-License-Identifier: Apache-2.0
"""Every limit of the ingest is reached once: what happens then, which metric says so, and that the others do not notice."""
import json
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.hostile import V5, Bystander, connect, connected, is_sanitized, leave_descriptors, metric, peak_mib, publish, rss_mib, small_buffers, text, wait_metric
from harness.ingest_clients import Device, Raw, post
from harness.waiting import until

pytestmark = pytest.mark.sanitized
ENDS, FAULTS = "fleetwire_ingest_mqtt_ends_total", "fleetwire_ingest_mqtt_faults_total"
REJECTED = "fleetwire_events_rejected_total"


@pytest.fixture
def door(corner, ingest):
    """door(*options): an ingest with those limits."""
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return lambda *options: ingest(corner.address, "--topic-prefix", corner.prefix, *options)


def event_of(size, device_id="big"):
    """An event of exactly that many bytes."""
    body = b'{"device_id":"%s","pad":""}' % device_id.encode()
    return body.replace(b'""}', b'"%s"}' % (b"x" * (size - len(body))))


def nested(depth):
    """An event in which objects stand that deep."""
    return b'{"device_id":1,"a":' + b'{"a":' * (depth - 1) + b"1" + b"}" * depth


def test_an_event_of_the_largest_size_and_one_above(door, corner):
    program = door()
    key = len("default/big")
    largest = event_of(1024000 - key)
    status, answer, _ = post(program.http_port, largest)
    assert (status, answer["accepted"]) == (202, 1)
    status, answer, _ = post(program.http_port, event_of(1024001 - key))
    assert (status, [e["code"] for e in answer["errors"]]) == (413, ["too_large"])
    device = Device(program.mqtt_port, "big", V5)
    room = 1024000 - len("north/big") - len('"device_id":"big","fleet":"north",')
    for size in (room, room + 1):
        device.publish(b'{"pad":"' + b"x" * (size - 10) + b'"}')
    device.wait_acked(2)
    assert [reason.value for reason in device.reasons] == [0, 0x99]
    assert metric(program, REJECTED, reason="too_large") == 2
    assert sorted(len(m.value()) + len(m.key()) for m in corner.read("iot-events", 2)) == [1024000, 1024000]
    device.close()


def test_an_event_of_the_deepest_nesting_and_one_deeper(door, corner):
    program = door()
    status, answer, _ = post(program.http_port, nested(16) + b"\n" + nested(17), "application/x-ndjson")
    assert (status, answer["accepted"], [e["code"] for e in answer["errors"]]) == (202, 1, ["too_deep"])
    device = Device(program.mqtt_port, "1", V5)
    device.publish(nested(16))
    device.publish(nested(17))
    device.wait_acked(2)
    assert [reason.value for reason in device.reasons] == [0, 0x99]
    assert metric(program, REJECTED, reason="too_deep") == 2
    assert len(corner.read("iot-events", 2)) == 2
    device.close()


@pytest.mark.waits
def test_who_is_slow_or_silent_on_mqtt_is_ended(door):
    program = door("--connect-timeout", "1s", "--packet-timeout", "1s", "--max-keep-alive", "2s")
    bystander = Bystander(program)
    silent = Raw(program.mqtt_port)
    half_a_connect = Raw(program.mqtt_port).send(connect()[:9])
    half_a_publish = connected(program.mqtt_port, client_id=b"half").send(publish(payload=b"x" * 1000)[:500])
    gone_quiet = connected(program.mqtt_port, client_id=b"quiet", keep_alive=1)
    # Granted two seconds where it asked for none at all, in 5.0.
    asked_for_none = Raw(program.mqtt_port).send(connect(b"none", V5, keep_alive=0))
    assert b"\x13\x00\x02" in asked_for_none.read()
    for_ever = connected(program.mqtt_port, client_id=b"for ever", keep_alive=0)
    for raw in (silent, half_a_connect, half_a_publish, gone_quiet, asked_for_none):
        assert raw.ends() and bystander.is_served()
    wait_metric(program, 2, ENDS, reason="connect_timeout")
    wait_metric(program, 1, ENDS, reason="packet_timeout")
    wait_metric(program, 2, ENDS, reason="keep_alive")
    assert for_ever.send(b"\xc0\x00").read() == b"\xd0\x00"  # 3.1.1 may ask for no keep-alive
    assert "timer:(keepalive" in subprocess.run(["ss", "-tnoH", f"sport = :{program.mqtt_port}"], capture_output=True, text=True).stdout
    bystander.close()


def trickle(port, before, rest, every):
    """Sends rest a byte at a time until the server has had enough of it; how many went."""
    raw = Raw(port).send(before)
    raw.socket.settimeout(every)
    for n, byte in enumerate(rest):
        try:
            raw.send(bytes([byte]))
            if raw.socket.recv(65536) == b"":
                return n
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            return n
    return None


def test_a_byte_at_a_time_does_not_win_time(door):
    program = door("--connect-timeout", "1s", "--packet-timeout", "1s", "--header-timeout", "1s", "--body-timeout", "1s")
    bystander = Bystander(program)
    head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    slow = ThreadPoolExecutor()
    ends = [slow.submit(trickle, *each, 0.05) for each in (
        (program.mqtt_port, b"", connect(client_id=b"c" * 200)),
        (program.mqtt_port, connect(), publish(payload=b"x" * 200)),
        (program.http_port, b"", head + b"x: y\r\n" * 40),
        (program.http_port, head, b"[" * 200),
    )]
    for each in ends:
        assert each.result() is not None
        assert bystander.is_served()
    wait_metric(program, 1, ENDS, reason="connect_timeout")
    wait_metric(program, 1, ENDS, reason="packet_timeout")
    wait_metric(program, 2, "fleetwire_ingest_http_refused_total", why="timeout")
    bystander.close()


def test_a_packet_of_the_largest_size_and_one_above(door):
    program = door("--max-packet", "64k")
    bystander = Bystander(program)
    device = Raw(program.mqtt_port).send(connect(version=V5))
    assert b"\x27\x00\x01\x00\x00" in device.read()  # told so in CONNACK
    largest = publish(version=V5, payload=b"x" * (65536 - len(publish(version=V5, payload=b"")) - 2))
    assert len(largest) == 65536
    puback = device.send(largest).read()
    assert (puback[0], puback[4]) == (0x40, 0x99)  # taken, and found to be no event
    assert device.send(publish(version=V5, payload=b"x" * 65536)[:10]).ends()  # seen from its first bytes
    wait_metric(program, 1, FAULTS, fault="too_large")
    assert bystander.is_served()
    bystander.close()


def test_who_does_not_read_his_answers_is_ended(door):
    program = door("--max-output", "8k", "--idle-timeout", "1s")
    bystander = Bystander(program)
    sock = small_buffers(program.mqtt_port)
    sock.sendall(connect())
    sock.settimeout(0.2)

    def has_ended():
        try:
            sock.sendall(b"\xc0\x00" * 32000)
        except (ConnectionResetError, BrokenPipeError):
            return True
        except TimeoutError:
            return False

    until(has_ended, "the MQTT connection to end", every=0)
    wait_metric(program, 1, "fleetwire_ingest_output_full_total")
    wait_metric(program, 1, ENDS, reason="left")

    sock = small_buffers(program.http_port)
    sock.settimeout(0.2)
    request = b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def is_full():
        try:
            sock.sendall(request * 1000)
        except TimeoutError:
            return True

    until(is_full, "nothing more to be read of it", every=0)
    assert bystander.is_served()
    wait_metric(program, 1, "fleetwire_ingest_http_refused_total", why="idle")
    assert bystander.is_served()
    bystander.close()


def test_a_connection_too_many_is_refused_at_either_door(door):
    program = door("--max-connections", "10")
    bystander = Bystander(program)
    mqtt = [Raw(program.mqtt_port) for _ in range(9)]
    http = [Raw(program.http_port) for _ in range(10)]
    assert Raw(program.mqtt_port).ends()
    refused = Raw(program.http_port)
    assert b"503" in refused.read() and refused.ends()
    wait_metric(program, 1, "fleetwire_ingest_connections_refused_total", door="mqtt")
    wait_metric(program, 1, "fleetwire_ingest_connections_refused_total", door="http")
    assert bystander.is_served()
    for raw in mqtt + http:
        raw.close()
    until(lambda: metric(program, "fleetwire_ingest_connections", door="http") == 0, "the places to be free again")
    assert post(program.http_port, {"device_id": 1})[0] == 202
    bystander.close()


def test_a_connection_too_many_of_one_address(door):
    program = door("--max-connections-per-address", "2")
    first, second = Raw(program.mqtt_port), Raw(program.mqtt_port)
    assert Raw(program.mqtt_port).ends()
    wait_metric(program, 1, "fleetwire_ingest_connections_refused_total", door="mqtt")
    first.close(), second.close()


def test_refused_payloads_are_shown_only_so_often(door, corner):
    program = door("--max-rejects", "5", "--max-errors", "3")
    before = metric(program, REJECTED, reason="not_json")
    status, answer, _ = post(program.http_port, b"nonsense\n" * 1000, "application/x-ndjson")
    assert (status, answer["rejected"], len(answer["errors"])) == (400, 1000, 3)
    assert metric(program, REJECTED, reason="not_json") - before == 1000
    left_out = metric(program, "fleetwire_ingest_rejects_left_out_total")
    assert 1000 - 5 * 10 <= left_out <= 995
    assert len(corner.read("fleet.rejects", 1000 - left_out)) == 1000 - left_out


def test_a_long_text_that_is_refused_is_shown_as_text(door, corner):
    program = door()
    assert post(program.http_port, "x".encode() + "é".encode() * 600)[0] == 400
    shown = json.loads(corner.read("fleet.rejects", 1)[0].value())
    assert (shown["value"], shown["bytes"]) == ("x" + "é" * 511, 1201)


def test_what_is_unfinished_on_all_connections_together_is_bounded(door):
    program = door("--max-unfinished", "4M", "--max-headers", "1M")
    bystander = Bystander(program)
    before = rss_mib(program)
    half_a_packet = publish(payload=b"x" * 1000000)[:900000]
    half_an_event = (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n"
                     b'{"device_id":"' + b"x" * 800000)
    half_a_head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 800000
    crowd = []
    for n in range(40):
        for raw, half in ((connected(program.mqtt_port, client_id=b"%d" % n), half_a_packet), (Raw(program.http_port), half_an_event),
                          (Raw(program.http_port), half_a_head)):
            crowd.append(raw)
            try:
                raw.send(half)
            except (ConnectionResetError, BrokenPipeError):
                continue
    wait_metric(program, 30, ENDS, reason="unfinished")
    wait_metric(program, 60, "fleetwire_ingest_http_refused_total", why="unfinished")
    assert is_sanitized(program) or peak_mib(program) - before < 40
    assert bystander.is_served()
    assert connected(program.mqtt_port).send(publish()[:10]).send(publish()[10:]).read()[:1] == b"\x40"  # what is small is never refused for it
    for raw in crowd:
        raw.close()
    until(lambda: metric(program, "fleetwire_ingest_unfinished_bytes", door="mqtt") == metric(program, "fleetwire_ingest_unfinished_bytes", door="http") == 0,
          "all of it to be given back")
    assert post(program.http_port, event_of(900000))[0] == 202
    bystander.close()


def test_out_of_descriptors_the_others_and_the_operator_are_served(door):
    program = door()
    bystander = Bystander(program)
    leave_descriptors(program, 60)
    crowd = []
    for n in range(500):
        for port in (program.http_port, program.mqtt_port):
            crowd.append(socket.socket())
            crowd[-1].setblocking(False)
            crowd[-1].connect_ex(("127.0.0.1", port))
    wait_metric(program, 300, "fleetwire_ingest_connections_refused_total", door="http")
    wait_metric(program, 300, "fleetwire_ingest_connections_refused_total", door="mqtt")
    assert bystander.is_served() and program.admin_status("/readyz") == 200
    assert "ulimit -n" in program.log and len(program.talk) < 50
    for each in crowd:
        each.close()
    until(lambda: metric(program, "fleetwire_ingest_connections", door="http") == 0, "the places to be free again")
    assert post(program.http_port, {"device_id": 1})[0] == 202
    bystander.close()


def test_who_sends_more_than_the_receive_maximum_is_read_later(door):
    program = door("--receive-maximum", "2")
    raw = connected(program.mqtt_port)
    raw.send(b"".join(publish(packet_id=n) for n in range(1, 51)))
    answers = b""
    while len(answers) < 4 * 50:
        answers += raw.read()
    assert answers == b"".join(b"\x40\x02" + n.to_bytes(2, "big") for n in range(1, 51))
    wait_metric(program, 1, "fleetwire_ingest_mqtt_waits_total")
    raw.close()


def test_wills_are_bounded_together_too(door, corner):
    program = door("--max-unfinished", "1M")
    will = text("fleet/north/w/telemetry") + text('{"pad":"%s"}' % ("x" * 60000))
    held = []
    for n in range(20):
        raw = Raw(program.mqtt_port).send(connect(b"w%d" % n, V5, flags=6, rest=b"\x00" + will))
        answer = raw.read()
        if not answer or answer[3] != 0:  # without an answer: its CONNECT came in pieces, and there was no room for the first
            break
        held.append(raw)
    assert (not answer or answer[:1] + answer[3:4] == b"\x20\x97") and raw.ends() and 15 < len(held) < 20
    for raw in held:
        raw.close()
    wait_metric(program, len(held), "fleetwire_ingest_wills_total", outcome="taken")
    assert len(corner.read("iot-events", len(held))) == len(held)
    until(lambda: metric(program, "fleetwire_ingest_unfinished_bytes", door="mqtt") == 0, "all of it to be given back")
