# SPDX-License-Identifier: Apache-2.0
"""HTTP requests that are wrong, endless, or meant to be read in two ways: each is refused alone, is counted, and nobody else notices."""
import gzip
import http.client
import os
import threading
import zlib
from collections import Counter

import pytest

from harness.hostile import Bystander, is_sanitized, log_is_fit_for_a_terminal, metric, peak_mib
from harness.ingest_clients import Raw, post
from harness.waiting import until

pytestmark = pytest.mark.sanitized
REFUSED = "fleetwire_ingest_http_refused_total"
HOST = b"Host: localhost\r\n"
POST = b"POST /v1/events HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

# What is sent, the status of the answer, and why it is counted as refused.
BROKEN = [
    ("two lengths", POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400, "malformed"),
    ("two lengths in one", POST + b"Content-Length: 2, 2\r\n\r\n{}", 400, "malformed"),
    ("a length and chunks", POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "malformed"),
    ("chunks and a length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400, "malformed"),
    ("chunked twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "malformed"),
    ("a coding that hides chunked", POST + b"Transfer-Encoding: chunked, identity\r\n\r\n", 501, "malformed"),
    ("a coding in disguise", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n", 400, "malformed"),
    ("a space before the colon", POST + b"Content-Length : 2\r\n\r\n{}", 400, "malformed"),
    ("a folded line", POST + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}", 400, "malformed"),
    ("bare line feeds", b"POST /v1/events HTTP/1.1\nHost: localhost\nContent-Length: 2\n\n{}", 400, "malformed"),
    ("a bare carriage return", POST + b"X: a\rContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}", 400, "malformed"),
    ("NUL in a header", POST + b"X: a\x00b\r\n\r\n", 400, "malformed"),
    ("a negative length", POST + b"Content-Length: -1\r\n\r\n", 400, "malformed"),
    ("a signed length", POST + b"Content-Length: +2\r\n\r\n{}", 400, "malformed"),
    ("a length that overflows", POST + b"Content-Length: 18446744073709551618\r\n\r\n{}", 400, "malformed"),
    ("a hexadecimal length", POST + b"Content-Length: 0x2\r\n\r\n{}", 400, "malformed"),
    ("chunk garbage", CHUNKED + b"xyz\r\n", 400, "malformed"),
    ("a chunk size that overflows", CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n", 400, "malformed"),
    ("a chunk size of zeros without end", CHUNKED + b"0" * 100, 400, "malformed"),
    ("a negative chunk size", CHUNKED + b"-2\r\n{}\r\n", 400, "malformed"),
    ("a chunk longer than it says", CHUNKED + b"2\r\n{}}\r\n0\r\n\r\n", 400, "malformed"),
    ("a chunk's size with a bare line feed", CHUNKED + b"2\n{}\n0\n\n", 400, "malformed"),
    ("a chunk extension without end", CHUNKED + b"2;" + b"x" * 5000, 400, "malformed"),
    ("trailers without end", CHUNKED + b"0\r\n" + b"a: b\r\n" * 2000, 400, "malformed"),
    ("a chunk of 9 petabytes", CHUNKED + b"1fffffffffffff\r\n" + b"x", None, None),
    ("many headers", POST + b"".join(b"x%d: y\r\n" % n for n in range(1000)) + b"\r\n", 431, "malformed"),
    ("one long header", POST + b"X: " + b"x" * 20000 + b"\r\n\r\n", 431, "malformed"),
    ("a path without end", b"POST /" + b"a" * 20000, 431, "malformed"),
    ("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "malformed"),
    ("HTTP/0.9", b"GET /v1/events\r\n\r\n", 400, "malformed"),
    ("no host", b"POST /v1/events HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400, "malformed"),
    ("two hosts", POST + HOST + b"Content-Length: 2\r\n\r\n{}", 400, "malformed"),
    ("a tunnel", b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "malformed"),
    ("somebody else's host", b"POST http://evil.example/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", 421, "turned_away"),
    ("an expectation", POST + b"Expect: the worst\r\nContent-Length: 2\r\n\r\n", 417, "malformed"),
    ("MQTT", b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01h\r\n\r\n", 400, "malformed"),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "malformed"),
    ("a body of 1 GB", POST + b"Content-Length: 1000000000\r\n\r\n", 413, "too_large"),
    ("no length at all", POST + b"\r\n", 400, None),
    ("an encoding that is not known", POST + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}", 415, "turned_away"),
    ("HEAD", b"HEAD /v1/events HTTP/1.1\r\n" + HOST + b"\r\n", 405, "turned_away"),
]

GOOD = b'{"device_id":1}'
BODIES = [
    ("CR LF", b'{"device_id":1}\r\n{"device_id":2}\r\n', 2, []),
    ("empty lines and no last line end", b'\n\n{"device_id":1}\n\r\n\n{"device_id":2}', 2, []),
    ("a byte order mark", b'\xef\xbb\xbf{"device_id":1}\n{"device_id":2}', 2, []),
    ("a byte order mark before an array", b'\xef\xbb\xbf[{"device_id":1}]', 1, []),
    ("a line too long", b'{"device_id":"' + b"x" * (1 << 20) + b'"}\n' + GOOD, 1, [(1, "too_large")]),
    ("an array inside an array", b"[[" + GOOD + b"]," + GOOD + b"]", 1, [(1, "not_object")]),
    ("an array that does not end", b"[" + GOOD + b"," + GOOD, 1, [(2, "not_json")]),
    ("bytes behind an array", b"[" + GOOD + b"]x", 1, [(2, "not_json")]),
    ("half a surrogate pair", b'{"device_id":"\\ud800"}\n' + GOOD, 1, [(1, "bad_utf8")]),
    ("a surrogate in UTF-8", b'{"device_id":"\xed\xa0\x80"}\n' + GOOD, 1, [(1, "bad_utf8")]),
    ("an escaped NUL", b'{"device_id":"a\\u0000"}\n' + GOOD, 1, [(1, "bad_device_id")]),
    ("a raw NUL", b'{"device_id":"a\x00"}\n' + GOOD, 1, [(1, "not_json")]),
    ("an escape character", b'{"device_id":"\\u001b[2J"}\n' + GOOD, 1, [(1, "bad_device_id")]),
    ("a key twice", b'{"device_id":1,"device_id":2}\n' + GOOD, 1, [(1, "key_twice")]),
    ("a key twice, once in disguise", b'{"device_id":1,"device\\u005fid":2}\n' + GOOD, 1, [(1, "key_twice")]),
    ("an id that no double holds", b'{"device_id":9007199254740993}\n' + GOOD, 2, []),
    ("an id of two hundred digits", b'{"device_id":' + b"9" * 200 + b"}\n" + GOOD, 1, [(1, "bad_device_id")]),
    ("seconds where milliseconds belong", b'{"device_id":1,"ts_ms":1700000000}\n' + GOOD, 2, []),
    ("no event at all", b"\n\n  \n", 0, [(1, "empty")]),
]


@pytest.fixture
def door(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return lambda *options: ingest(corner.address, "--topic-prefix", corner.prefix, *options)


def test_requests_that_break_the_rules_are_refused_alone_and_counted(door):
    program = door()
    bystander = Bystander(program)
    for name, sent, status, why in BROKEN:
        raw = Raw(program.http_port).send(sent)
        if status is not None:
            answer = raw.read()
            assert answer.startswith(b"HTTP/1.1 %d " % status), (name, answer)
        raw.close()
        assert bystander.is_served(), name
    wanted = Counter(why for _, _, _, why in BROKEN if why)
    assert Counter({why: metric(program, REFUSED, why=why) for why in wanted}) == wanted
    assert log_is_fit_for_a_terminal(program)
    bystander.close()


def test_bodies_that_are_partly_wrong_give_what_is_right(door):
    program = door()
    for name, body, accepted, errors in BODIES:
        status, answer, _ = post(program.http_port, body, "application/json")
        assert answer["accepted"] == accepted and [(e["line"], e["code"]) for e in answer["errors"]] == errors, (name, answer)
        assert status == (202 if accepted else 400), name
    assert log_is_fit_for_a_terminal(program)


def has_no_answer(raw):
    raw.socket.setblocking(False)
    try:
        return raw.socket.recv(1) is None
    except BlockingIOError:
        return True
    finally:
        raw.socket.settimeout(60)


def test_a_body_that_unpacks_to_millions_of_lines_lets_the_others_go_first(door):
    program = door("--max-inflate-ratio", "10000")
    body = gzip.compress(b"1\n" * 4_000_000)
    raw = Raw(program.http_port).send(POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    for n in range(3):
        assert post(program.http_port, {"device_id": n})[0] == 202
    assert has_no_answer(raw)
    assert raw.read().startswith(b"HTTP/1.1 400 ")


def test_a_stream_without_end_does_not_starve_the_others(door):
    program = door("--max-in-flight", "10", "--give-up", "5s")
    is_over = threading.Event()
    chunk = b'{"device_id":"greedy"}\n' * 1000

    def send_for_ever():
        raw = Raw(program.http_port).send(CHUNKED)
        while not is_over.is_set():
            raw.send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        raw.close()

    threads = [threading.Thread(target=send_for_ever) for _ in range(3)]
    for thread in threads:
        thread.start()
    until(lambda: metric(program, "fleetwire_ingest_full_total", door="http") > 10, "it to be busy")
    try:
        assert [post(program.http_port, {"device_id": n})[0] for n in range(5)] == [202] * 5
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_a_page_of_an_allowed_origin_is_told_that_it_may(door):
    page = "https://fleet.example"
    program = door("--allow-origin", page)

    def ask(method, origin=page, body=None, path="/v1/events"):
        connection = http.client.HTTPConnection("localhost", program.http_port, timeout=30)
        connection.request(method, path, body, {"Origin": origin, "Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers

    status, headers = ask("OPTIONS")
    assert (status, headers["Access-Control-Allow-Origin"], headers["Vary"]) == (204, page, "Origin")
    assert "POST" in headers["Access-Control-Allow-Methods"] and "Content-Type" in headers["Access-Control-Allow-Headers"]
    for body, expected in ((GOOD, 202), (b"nonsense", 400)):
        status, headers = ask("POST", body=body)
        assert (status, headers["Access-Control-Allow-Origin"]) == (expected, page)
    for path in ("/v1/events", "/v1/traccar", "/v1/owntracks"):
        status, headers = ask("OPTIONS", "https://evil.example", path=path)
        assert (status, headers["Access-Control-Allow-Origin"]) == (403, None)
    assert ask("OPTIONS", path="/elsewhere")[0] == 404


def test_compressed_bodies_that_are_broken_or_bombs(door):
    program = door("--max-inflated", "1M")
    bystander = Bystander(program)
    zipped = gzip.compress(GOOD)
    raw_deflate = zlib.compressobj(wbits=-15)
    random = os.urandom(700_000).hex().encode()
    rows = [
        ("gzip", zipped, "gzip", 202, []),
        ("two members", zipped + gzip.compress(b"\n" + GOOD), "gzip", 202, []),
        ("zlib as deflate", zlib.compress(GOOD), "deflate", 202, []),
        ("raw deflate", raw_deflate.compress(GOOD) + raw_deflate.flush(), "deflate", 202, []),
        ("cut short", zipped[:-6], "gzip", 400, ["encoding"]),
        ("cut in its head", zipped[:5], "gzip", 400, ["encoding"]),
        ("garbage behind it", zipped + b"garbage", "gzip", 400, ["encoding"]),
        ("a wrong sum", zipped[:-8] + bytes(4) + zipped[-4:], "gzip", 400, ["encoding"]),
        ("no gzip at all", GOOD, "gzip", 400, ["encoding"]),
        ("gzip of gzip", gzip.compress(zipped), "gzip", 400, ["not_json"]),
        ("a bomb by ratio", gzip.compress(bytes(100_000_000)), "gzip", 413, ["encoding"]),
        ("a bomb of deflate", zlib.compress(bytes(100_000_000)), "deflate", 413, ["encoding"]),
        ("a bomb of members", gzip.compress(b" " * 60_000) * 2000, "gzip", 413, ["encoding"]),
        ("what only grows too large", gzip.compress(b"\n".join(b'{"device_id":1,"pad":"%s"}' % random[n:n + 1000] for n in range(0, len(random), 1000))),
         "gzip", 202, ["encoding"]),
        ("nothing", b"", "gzip", 400, ["empty"]),
    ]
    before = peak_mib(program)
    for name, body, encoding, expected, codes in rows:
        status, answer, _ = post(program.http_port, body, Content_Encoding=encoding)
        assert status == expected and (codes is None or [e["code"] for e in answer["errors"]] == codes), (name, status, answer)
        assert bystander.is_served(), name
    assert is_sanitized(program) or peak_mib(program) - before < 20
    assert metric(program, REFUSED, why="bomb") == 4
    bystander.close()


def send_all(raw, pieces):
    """How many bytes went until the server had enough; what it said."""
    n = 0
    try:
        for piece in pieces:
            raw.socket.sendall(piece)
            n += len(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        return n, raw.read()
    except ConnectionResetError:
        return n, b""


def test_what_never_ends_is_cut_and_memory_stays_flat(door):
    program = door("--max-body", "100M")
    bystander = Bystander(program)
    before = peak_mib(program)
    mib = b"x" * (1 << 20)
    chunk = b"100000\r\n" + mib + b"\r\n"
    for name, head, pieces, most in (
        ("headers", b"", [b"x: " + b"y" * 1000 + b"\r\n"] * 1000, 8 << 20),
        ("one header", POST + b"x: ", [b"y" * 1000] * 1000, 8 << 20),
        ("a body of 1 GB that says so", POST + b"Content-Length: 1000000000\r\n\r\n", [mib] * 1000, 16 << 20),
        ("a body of 1 GB in chunks", CHUNKED, [chunk] * 1000, 120 << 20),
        ("a gigabyte of one line", CHUNKED, [b"100000\r\n" + b'{"device_id":"' + mib[14:] + b"\r\n"] + [chunk] * 1000, 120 << 20),
        ("one array", CHUNKED, [b"1\r\n[\r\n"] + [b"%x\r\n%s,\r\n" % (len(mib) + 1, mib)] * 1000, 120 << 20),
        ("trailers", CHUNKED + b"0\r\n", [b"x: " + b"y" * 1000 + b"\r\n"] * 1000, 8 << 20),
    ):
        raw = Raw(program.http_port).send(head or POST)
        n, answer = send_all(raw, pieces)
        assert n <= most, (name, n)
        assert not answer or answer.split(b" ")[1] in (b"400", b"413", b"431"), (name, answer)
        assert bystander.is_served(), name
        raw.close()
    assert is_sanitized(program) or peak_mib(program) - before < 20
    bystander.close()


def test_a_thousand_requests_in_one_go_are_answered_in_order(door, corner):
    program = door()
    raw = Raw(program.http_port)
    requests = b"".join(POST + b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in (b'{"device_id":%d}' % n for n in range(1000)))
    sender = threading.Thread(target=raw.socket.sendall, args=(requests,))
    sender.start()
    answers = b""
    while answers.count(b"HTTP/1.1 ") < 1000 or not answers.endswith(b"}\n"):
        answers += raw.read()
    sender.join()
    assert answers.count(b"HTTP/1.1 202 ") == 1000
    assert {m.key() for m in corner.read("iot-events", 1000)} == {b"default/%d" % n for n in range(1000)}


def test_who_asks_before_he_sends_is_told_to_go_on(door):
    program = door()
    raw = Raw(program.http_port).send(POST + b"Expect: 100-continue\r\nContent-Length: 15\r\n\r\n")
    assert raw.read() == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert raw.send(GOOD).read().startswith(b"HTTP/1.1 202 ")
    raw.send(POST + b"Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n")
    assert raw.read().startswith(b"HTTP/1.1 413 ")  # before a byte of it was sent
