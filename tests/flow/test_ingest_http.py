# SPDX-License-Identifier: Apache-2.0
"""Devices that speak HTTP, against a real Kafka: 202 means that it is there, and each wrong line is named."""
import gzip
import http.client
import json
import signal
import socket
import threading
import time

import pytest

from harness.ingest_clients import Raw, post
from harness.real_kafka import RealKafka
from harness.topics import Corner
from harness.waiting import until

pytestmark = pytest.mark.sanitized


@pytest.fixture
def door(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return ingest(corner.address, "--topic-prefix", corner.prefix)


def test_one_event(door, corner):
    before_ms = int(time.time() * 1000)
    status, answer, _ = post(door.http_port, b'{"device_id": 1, "temp": 25.3}')
    assert (status, answer["accepted"]) == (202, 1)
    message, = corner.read("iot-events", 1)
    assert (message.key(), message.value()) == (b"default/1", b'{"device_id": 1, "temp": 25.3}')
    assert before_ms <= int(dict(message.headers())["received_ms"]) <= int(time.time() * 1000)


def test_lines_of_which_some_are_wrong(door, corner):
    lines = [b'{"device_id":1}', b"nonsense", b"", b'{"temp":3}', b'{"device_id":2,"fleet":"north"}']
    status, answer, _ = post(door.http_port, b"\n".join(lines), "application/x-ndjson")
    assert (status, answer["accepted"]) == (202, 2)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(2, "not_json"), (4, "no_device_id")]
    assert all(e["message"] for e in answer["errors"])
    assert sorted(m.key() for m in corner.read("iot-events", 2)) == [b"default/1", b"north/2"]
    rejects = [json.loads(m.value()) for m in corner.read("fleet.rejects", 2)]
    assert {r["source"] for r in rejects} <= {"http/127.0.0.1", "http/[::1]"}
    assert [(r["door"], r["reason"], r["value"]) for r in rejects] == [("http", "not_json", "nonsense"), ("http", "no_device_id", '{"temp":3}')]


def test_none_is_good(door):
    status, answer, _ = post(door.http_port, b"[1, {}]")
    assert (status, answer["accepted"]) == (400, 0)
    assert len(answer["errors"]) == 2


def test_an_array_in_gzip(door, corner):
    body = gzip.compress(json.dumps([{"device_id": n} for n in range(1000)]).encode())
    status, answer, _ = post(door.http_port, body, Content_Encoding="gzip")
    assert (status, answer["accepted"]) == (202, 1000)
    assert len({m.key() for m in corner.read("iot-events", 1000)}) == 1000


def test_chunks_and_keep_alive(door, corner):
    connection = http.client.HTTPConnection("localhost", door.http_port, timeout=30)
    for n in range(3):
        connection.request("POST", "/v1/events", iter([b'{"device', b'_id":%d}\n{"dev' % n, b'ice_id":"b%d"}' % n]),
                           {"Content-Type": "application/x-ndjson"}, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["accepted"]) == (202, 2)
    assert len(corner.read("iot-events", 6)) == 6


@pytest.mark.parametrize("request_text, status", [
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n", b"413"),
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", b"400"),
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" + b"x: y\r\n" * 10000 + b"\r\n", b"431"),
    (b"POST /v1/events HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}", b"421"),
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}", b"403"),
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\r\n{}", b"415"),
    (b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", b"400"),
    (b"GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
    (b"POST /elsewhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", b"404"),
])
def test_wrong_requests_are_refused_and_nobody_else_is(door, request_text, status):
    raw = Raw(door.http_port).send(request_text)
    assert raw.read().split(b" ")[1] == status
    raw.close()
    assert post(door.http_port, {"device_id": 1})[0] == 202


def test_a_bomb_is_stopped(door):
    bomb = gzip.compress(b'{"device_id":1,"pad":"' + b"x" * 200_000_000 + b'"}')
    assert post(door.http_port, bomb, Content_Encoding="gzip")[0] == 413
    assert post(door.http_port, {"device_id": 1})[0] == 202
    assert 'fleetwire_ingest_http_refused_total{why="bomb"} 1' in door.metrics()


@pytest.mark.waits
def test_while_kafka_is_away_503_and_later_all_is_well(tmp_path_factory, ingest):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=2)
        door = ingest(kafka.address, "--max-in-flight", "50", "--give-up", "2s")
        kafka.stop()
        status, answer, headers = post(door.http_port, b"\n".join(b'{"device_id":%d}' % n for n in range(200)), "application/x-ndjson")
        assert status == 503 and int(headers["Retry-After"]) > 0 and answer["accepted"] == 0
        kafka.start()
        until(lambda: door.admin_status("/readyz") == 200, "to be ready again", 60)
        status, answer, _ = until(lambda: (lambda r: r if r[0] == 202 else None)(post(door.http_port, {"device_id": "after"})), "a 202", 60)
        assert answer["accepted"] == 1
        assert b"default/after" in [m.key() for m in corner.read("iot-events", 1)]
    finally:
        kafka.stop()


def test_a_stop_answers_what_was_received(door, corner):
    statuses = []

    def send(n):
        try:
            statuses.append(post(door.http_port, b"\n".join(b'{"device_id":"%d-%d"}' % (n, i) for i in range(500)), "application/x-ndjson")[0])
        except (ConnectionError, http.client.HTTPException, OSError):
            statuses.append(None)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    until(lambda: "in_flight" in door.metrics(), "it to be busy")
    door.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(30)
    assert door.process.wait(20) == 0
    accepted = 500 * statuses.count(202)
    assert set(statuses) <= {202, 503, None}
    assert corner.count("iot-events") >= accepted


def test_killed_under_load_what_was_accepted_is_in_kafka(corner, ingest):
    corner.create("iot-events")
    door = ingest(corner.address, "--topic-prefix", corner.prefix)
    accepted = []

    def send(n):
        for i in range(10000):
            try:
                if post(door.http_port, {"device_id": f"{n}-{i}"})[0] == 202:
                    accepted.append(f"default/{n}-{i}".encode())
            except (OSError, http.client.HTTPException, socket.error):
                return

    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(accepted) > 300, "300 accepted")
    door.process.kill()
    for thread in threads:
        thread.join(30)
    assert set(accepted) <= {m.key() for m in corner.read("iot-events", corner.count("iot-events"))}
