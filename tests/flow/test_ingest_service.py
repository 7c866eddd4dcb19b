# SPDX-License-Identifier: Apache-2.0
"""The ingest as an operator starts and stops it: beside another, with Kafka away, with wrong words, under load."""
import http.client
import json
import signal
import socket
import threading

import pytest

from harness.ingest_clients import Device, post
from harness.ports import free_port
from harness.waiting import until

pytestmark = pytest.mark.sanitized
EX_USAGE, EX_UNAVAILABLE, EX_CONFIG = 64, 69, 78


def test_two_side_by_side_share_nothing(corner, ingest):
    corner.create("iot-events")
    doors = [ingest(corner.address, "--topic-prefix", corner.prefix) for _ in range(2)]
    devices = [Device(door.mqtt_port, "same", client_id="same") for door in doors]  # not even client ids
    for n, (door, device) in enumerate(zip(doors, devices)):
        device.publish({"seq": n})
        device.wait_acked(1)
        assert post(door.http_port, {"device_id": n})[0] == 202
    doors[0].stop()
    devices[1].publish({"seq": 2})
    devices[1].wait_acked(2)
    assert corner.count("iot-events") == 5
    devices[1].close()
    devices[0].client.loop_stop()


def test_a_stop_under_load_of_both_doors_loses_nothing(corner, ingest):
    corner.create("iot-events")
    door = ingest(corner.address, "--topic-prefix", corner.prefix)
    accepted, is_over = set(), threading.Event()

    def send(n):
        for i in range(100000):
            try:
                if post(door.http_port, {"device_id": f"h{n}", "seq": i})[0] == 202:
                    accepted.add((f"h{n}", i))
            except (OSError, ValueError):
                if is_over.is_set():
                    return

    devices = [Device(door.mqtt_port, f"m{n}", 5) for n in range(4)]
    for device in devices:
        device.client.reconnect_delay_set(60)
    sent = {device: [device.publish({"seq": n}) for n in range(2000)] for device in devices}
    threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(accepted) > 50 and all(len(device.acked) > 50 for device in devices), "it to be busy")
    door.process.send_signal(signal.SIGTERM)
    is_over.set()
    assert door.process.wait(20) == 0
    for thread in threads:
        thread.join()
    for n, device in enumerate(devices):
        device.client.loop_stop()
        accepted |= {(f"m{n}", sent[device].index(mid)) for mid in device.acked}
    stored = {(e["device_id"], e["seq"]) for e in (json.loads(m.value()) for m in corner.read("iot-events", corner.count("iot-events")))}
    assert accepted <= stored
    assert "drain" not in door.log, door.log


def ask(port, path):
    """(status, text) of the admin listener; None while there is none."""
    try:
        connection = http.client.HTTPConnection("localhost", port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return None


@pytest.mark.waits
def test_with_kafka_away_it_starts_and_says_so(run):
    http_port, admin_port = free_port(), free_port()
    door = run("ingest", "--kafka", f"localhost:{free_port()}", "--http", f"localhost:{http_port}", "--mqtt", "localhost:0",
               "--admin-listen", f"localhost:{admin_port}", "--give-up", "1s")
    assert until(lambda: ask(admin_port, "/healthz"), "it to live")[0] == 200
    status, text = ask(admin_port, "/readyz")
    assert status == 503 and "not ready: " in text
    status, answer, headers = post(http_port, {"device_id": 1})
    assert (status, answer["accepted"]) == (503, 0) and int(headers["Retry-After"]) > 0
    assert door.stop() == 0


@pytest.mark.parametrize("words, status, said", [
    (["--max-event", "2M"], EX_USAGE, "'max-event'"),
    (["--max-connections", "none"], EX_USAGE, "'max-connections'"),
    (["--mqtt-topic", "fleet/{who}/x"], EX_USAGE, "--mqtt-topic"),
    (["--http", "", "--mqtt", ""], EX_USAGE, "--http, --mqtt, --mqtts and --subscribe"),
    (["--http", "localhost"], EX_USAGE, "localhost"),
    (["--http", "localhost:99999"], EX_USAGE, "99999"),
    (["--no-such-option"], EX_USAGE, "--no-such-option"),
    (["too", "many", "words"], EX_USAGE, "too"),
    (["--fields", "/nowhere/fields.conf"], EX_CONFIG, "/nowhere/fields.conf"),
    (["--http", "192.0.2.1:0"], EX_UNAVAILABLE, "192.0.2.1"),
])
def test_wrong_options_are_named(run, corner, words, status, said):
    corner.create("iot-events")
    program = run("ingest", "--kafka", corner.address, "--topic-prefix", corner.prefix, "--admin-listen", "", *words)
    assert program.wait() == status, program.report()
    assert said in program.log and len(program.talk) <= 6, program.report()


def test_a_port_that_is_taken_is_named(run, corner):
    corner.create("iot-events")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for option in ("--http", "--mqtt", "--admin-listen"):
            others = [word for each in ("--http", "--mqtt", "--admin-listen") if each != option for word in (each, "localhost:0")]
            program = run("ingest", "--kafka", corner.address, "--topic-prefix", corner.prefix, option, f"127.0.0.1:{port}", *others)
            assert program.wait() == EX_UNAVAILABLE, program.report()
            assert f"port {port}" in program.log and "another program listens there" in program.log, program.report()


@pytest.mark.waits
def test_a_stop_waits_for_kafka_only_so_long(run):
    mqtt_port, admin_port = free_port(), free_port()
    door = run("ingest", "--kafka", f"localhost:{free_port()}", "--http", "", "--mqtt", f"localhost:{mqtt_port}",
               "--admin-listen", f"localhost:{admin_port}", "--drain", "1s")
    until(lambda: ask(admin_port, "/healthz"), "it to live")
    device = Device(mqtt_port)
    device.publish({"seq": 1})
    until(lambda: 'in_flight_records{door="mqtt"} 1' in ask(admin_port, "/metrics")[1], "it to be under way")
    assert door.stop() == 0
    assert "(--drain)" in door.log and device.acked == []
    device.client.loop_stop()
