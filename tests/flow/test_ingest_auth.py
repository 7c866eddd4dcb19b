# SPDX-License-Identifier: Apache-2.0
"""Who a device is: by a password or a token at either door, and never by what it claims."""
import base64
import hashlib
import hmac
import json
import signal
import subprocess
import threading
import time

import paho.mqtt.client as paho
import pytest

from harness.ingest_clients import Device, Listener, Raw, post
from harness.programs import binary
from harness.waiting import until

pytestmark = pytest.mark.sanitized

SECRET = "0123456789abcdef0123456789abcdef"


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


def token(claims, secret=SECRET, header=None, ttl=600):
    """As any library would make it; exp is added where there is none."""
    text = b64(header or {"alg": "HS256", "typ": "JWT"}) + "." + b64({"exp": int(time.time()) + ttl, **claims})
    key = secret if isinstance(secret, bytes) else secret.encode()
    return text + "." + b64(hmac.new(key, text.encode(), hashlib.sha256).digest())


def basic(name, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def bearer(text):
    return {"Authorization": "Bearer " + text}


class House:
    """A folder with a file of credentials, filled by fleetwire enroll, and a key for tokens."""

    def __init__(self, folder):
        self.file, self.key = folder / "devices", folder / "key"
        self.key.write_text(SECRET + "\n")
        self.key.chmod(0o600)

    def enroll(self, name, *options, secret=None):
        done = subprocess.run([binary("enroll"), str(self.file), name, *options, *(["--ask"] if secret else [])],
                              input=f"{secret}\n" if secret else None, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return secret or done.stdout.strip()


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


@pytest.fixture
def door(corner, ingest, house):
    """door(*options): an ingest that asks who is there."""
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)

    def start(*options):
        if not house.file.exists():
            house.enroll("nobody")
        return ingest(corner.address, "--topic-prefix", corner.prefix, "--credentials-file", str(house.file),
                      "--token-key-file", str(house.key), *options)

    return start


def mqtt(door, name, secret, device_id="7", **options):
    """A paho client that logs in, or is refused: see .answer."""
    return Device(door.mqtt_port, device_id, login=(name, secret), **options)


def connect_packet(client_id, name, secret):
    """CONNECT of 3.1.1."""
    fields = b"".join(len(text).to_bytes(2, "big") + text for text in (client_id.encode(), name.encode(), secret.encode()))
    body = b"\x00\x04MQTT\x04\xc2\x00\x78" + fields
    assert len(body) < 128
    return b"\x10" + bytes([len(body)]) + body


def test_a_phone_or_tracker_need_not_say_who_it_is(door, corner, house):
    secret = house.enroll("truck-7", "--for", "north/truck-7")
    running = door()
    status, answer, _ = post(running.http_port, b'{"temp": 25.3}', **basic("truck-7", secret))
    assert (status, answer["accepted"]) == (202, 1)
    message, = corner.read("iot-events", 1)
    assert message.key() == b"north/truck-7"
    assert json.loads(message.value()) == {"device_id": "truck-7", "fleet": "north", "temp": 25.3}


@pytest.mark.parametrize("version", [paho.MQTTv311, paho.MQTTv5])
def test_mqtt_by_password_and_what_it_may_not_claim(door, corner, house, version):
    secret = house.enroll("north/7")
    running = door()
    device = mqtt(running, "north/7", secret, version=version)
    assert device.answer.value == 0
    device.publish({"temp": 1})
    device.wait_acked(1)
    assert corner.read("iot-events", 1)[0].key() == b"north/7"
    device.publish({"temp": 2}, topic="fleet/north/8/telemetry")
    if version == paho.MQTTv5:
        device.wait_acked(2)
        assert device.reasons[1].value == 0x87
        device.publish({"temp": 2, "device_id": "8"})
        device.publish({"temp": 2, "fleet": "south"})
        device.wait_acked(4)
        assert [reason.value for reason in device.reasons] == [0, 0x87, 0x87, 0x87]
    else:
        until(lambda: device.ends, "its connection to end")
    device.close()
    rejects = [json.loads(m.value()) for m in corner.read("fleet.rejects", 1)]
    assert rejects[0]["reason"] == "identity"
    assert corner.count("iot-events") == 1


def test_http_may_not_claim_either(door, corner, house):
    secret = house.enroll("north/7")
    running = door()
    lines = [b'{"temp":1}', b'{"device_id":8}', b'{"device_id":7}', b'{"device_id":7,"fleet":"south"}']
    status, answer, _ = post(running.http_port, b"\n".join(lines), "application/x-ndjson", **basic("north/7", secret))
    assert (status, answer["accepted"]) == (202, 2)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(2, "identity"), (4, "identity")]
    assert {m.key() for m in corner.read("iot-events", 2)} == {b"north/7"}


def test_a_gateway_speaks_for_its_fleet_only(door, corner, house):
    secret = house.enroll("gate", "--for", "north/*")
    running = door()
    lines = [b'{"device_id":1}', b'{"device_id":2,"fleet":"north"}', b'{"device_id":3,"fleet":"south"}', b'{"temp":1}']
    status, answer, _ = post(running.http_port, b"\n".join(lines), "application/x-ndjson", **basic("gate", secret))
    assert (status, answer["accepted"]) == (202, 2)
    assert [(e["line"], e["code"]) for e in answer["errors"]] == [(3, "identity"), (4, "no_device_id")]
    assert {m.key() for m in corner.read("iot-events", 2)} == {b"north/1", b"north/2"}


def test_who_is_not_known_is_turned_away_before_the_body_is_read(door, house):
    secret = house.enroll("north/7")
    running = door()
    for headers in ({}, basic("north/7", secret + "x"), basic("north/8", secret), basic("north/7", ""), bearer("a.b.c"),
                    {"Authorization": "Basic not base64"}, {"Authorization": "Digest x"}):
        status, answer, back = post(running.http_port, {"temp": 1}, **headers)
        assert (status, answer["errors"][0]["code"]) == (401, "credential")
        assert {value.split()[0] for value in back.get_all("WWW-Authenticate")} == {"Basic", "Bearer"}
    raw = Raw(running.http_port).send(b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000000\r\n\r\n{")
    assert raw.read().startswith(b"HTTP/1.1 401 ")
    raw.close()
    assert post(running.http_port, {"temp": 1}, **basic("north/7", secret))[0] == 202
    until(lambda: 'credentials_total{outcome="wrong"} 4' in running.metrics(), "four wrong ones")


@pytest.mark.parametrize("version, missing, wrong", [(paho.MQTTv311, 0x87, 0x86), (paho.MQTTv5, 0x87, 0x86)])
def test_connack_says_why(door, house, version, missing, wrong):
    house.enroll("north/7")
    running = door()
    for name, secret, reason in ((None, None, missing), ("north/7", "wrong", wrong), ("north/9", "wrong", wrong)):
        device = mqtt(running, name, secret, version=version)
        assert device.answer.value == reason
        device.close()


def test_real_clients(door, corner, house):
    secret = house.enroll("north/7", secret="a word of mine")
    running = door()
    done = subprocess.run(["mosquitto_pub", "-h", "localhost", "-p", str(running.mqtt_port), "-u", "north/7", "-P", secret, "-q", "1",
                           "-t", "fleet/north/7/telemetry", "-m", '{"temp":1}'], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(["mosquitto_pub", "-h", "localhost", "-p", str(running.mqtt_port), "-u", "north/7", "-P", "other", "-q", "1",
                           "-t", "fleet/north/7/telemetry", "-m", '{"temp":1}'], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    done = subprocess.run(["curl", "-s", "-u", f"north/7:{secret}", "-d", '{"temp":2}', f"http://localhost:{running.http_port}/v1/events"],
                          capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["accepted"] == 1
    assert {m.key() for m in corner.read("iot-events", 2)} == {b"north/7"}


def test_tokens(door, corner):
    running = door()
    good = token({"fleet": "north", "device_id": 7})
    assert post(running.http_port, {"temp": 1}, **bearer(good))[0] == 202
    assert post(running.http_port, {"temp": 1}, **basic("anything", good))[0] == 202
    device = mqtt(running, "anything", good)
    device.publish({"temp": 2})
    device.wait_acked(1)
    device.close()
    assert {m.key() for m in corner.read("iot-events", 3)} == {b"north/7"}


def test_tokens_that_are_no_good(door, house):
    running = door("--max-auth-failures", "1000")
    who = {"fleet": "north", "sub": "7"}
    for text in (token(who, ttl=-61), token({**who, "nbf": int(time.time()) + 120}), token(who, secret="x" * 32),
                 token(who, header={"alg": "none"}), b64({"alg": "none"}) + "." + b64({**who, "exp": 9999999999}) + ".",
                 token(who, header={"alg": "HS512"}), token({**who, "aud": "another"}), token({"fleet": "north"}),
                 token({**who, "exp": "never"}), token(who) + "A"):
        assert post(running.http_port, {"temp": 1}, **bearer(text))[0] == 401
        device = mqtt(running, "any", text)
        assert device.answer.value == 0x86
        device.close()


def test_the_public_key_is_no_secret(corner, ingest, tmp_path):
    corner.create("iot-events")
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    running = ingest(corner.address, "--topic-prefix", corner.prefix, "--token-key-file", str(public))
    who = {"fleet": "north", "sub": "7", "exp": int(time.time()) + 600}
    forged = token(who, secret=public.read_bytes())
    assert post(running.http_port, {"temp": 1}, **bearer(forged))[0] == 401
    text = b64({"alg": "RS256"}) + "." + b64(who)
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", private], input=text.encode(), check=True, capture_output=True).stdout
    status, _, headers = post(running.http_port, {"temp": 1}, **bearer(text + "." + b64(signature)))
    assert status == 202
    assert post(running.http_port, {"temp": 1})[2].get_all("WWW-Authenticate") == ['Bearer realm="fleetwire"']


def test_a_connection_ends_with_its_token(door):
    running = door()
    device = mqtt(running, "any", token({"fleet": "north", "sub": "7"}, ttl=-58), version=paho.MQTTv5)  # 2 s of the leeway
    assert device.answer.value == 0
    until(lambda: device.ends, "it to end")
    assert device.ends[0].value == 0x87
    device.close()
    assert 'mqtt_ends_total{reason="credential"} 1' in running.metrics()


def test_read_again_on_hangup(door, corner, house):
    stays, goes = house.enroll("north/1"), house.enroll("north/2")
    running = door()
    first = mqtt(running, "north/1", stays, device_id="1", version=paho.MQTTv5)
    second = mqtt(running, "north/2", goes, device_id="2", version=paho.MQTTv5)
    assert post(running.http_port, {"temp": 1}, **basic("north/2", goes))[0] == 202
    assert subprocess.run([binary("enroll"), "--remove", house.file, "north/2"], timeout=60).returncode == 0
    comes = house.enroll("north/3")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: second.ends, "the one that is gone to be ended")
    assert second.ends[0].value == 0x87
    assert post(running.http_port, {"temp": 1}, **basic("north/2", goes))[0] == 401
    assert post(running.http_port, {"temp": 1}, **basic("north/3", comes))[0] == 202
    first.publish({"temp": 3})
    first.wait_acked(1)
    assert not first.ends
    house.file.write_text(house.file.read_text() + "nonsense\n")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: "devices:3: " in running.log, "the wrong line to be named")
    assert post(running.http_port, {"temp": 1}, **basic("north/3", comes))[0] == 202
    first.close()
    second.close()


def test_many_wrong_ones_do_not_lock_the_neighbours_out(door, house):
    known, wrong = house.enroll("north/1"), house.enroll("north/2")
    late = house.enroll("north/3")
    running = door("--max-auth-failures", "3")
    assert post(running.http_port, {"temp": 1}, **basic("north/1", known))[0] == 202
    statuses = [post(running.http_port, {"temp": 1}, **basic("north/2", wrong + "x"))[0] for _ in range(6)]
    assert statuses == [401] * 3 + [429] * 3
    status, _, headers = post(running.http_port, {"temp": 1}, **basic("north/2", wrong))
    assert status == 429 and int(headers["Retry-After"]) > 0
    device = mqtt(running, "north/2", wrong, device_id="2", version=paho.MQTTv5)
    assert device.answer.value == 0x97
    device.close()
    assert post(running.http_port, {"temp": 1}, **basic("north/3", late))[0] == 202
    for n in range(40):
        post(running.http_port, {"temp": 1}, **basic(f"guess-{n}", "x"))
    assert post(running.http_port, {"temp": 1}, **basic("guess-41", "x"))[0] == 429
    assert post(running.http_port, {"temp": 1}, **basic("north/1", known))[0] == 202
    assert 'credentials_total{outcome="tries"}' in running.metrics()


@pytest.mark.waits
def test_a_crowd_at_once_and_one_that_is_not_disturbed(door, corner, house):
    """Passwords that somebody chose cost 20 ms each: a second and more for these, on one thread."""
    crowd = 500
    secret = house.enroll("calm/1")
    chosen = house.enroll("north/crowd", "--for", "north/*", secret="chosen by somebody")
    line = next(text for text in house.file.read_text().splitlines() if text.startswith("north/crowd:"))
    hash_of_it = line.split(":")[1]
    with house.file.open("a") as file:
        for n in range(crowd):
            file.write(f"north/{n}:{hash_of_it}\n")
    running = door()
    calm = mqtt(running, "calm/1", secret, device_id="1")
    waits, stop = [], threading.Event()

    def publish_on():
        while not stop.is_set():
            before = time.monotonic()
            calm.publish({"n": len(waits)}, topic="fleet/calm/1/telemetry")
            calm.wait_acked(len(waits) + 1)
            waits.append(time.monotonic() - before)

    publisher = threading.Thread(target=publish_on)
    publisher.start()
    raws = [Raw(running.mqtt_port).send(connect_packet(f"crowd-{n}", f"north/{n}", chosen)) for n in range(crowd)]
    n_before = len(waits)
    answers = []
    for raw in raws:
        raw.socket.settimeout(120)
        answers.append(raw.read(4))
    n_meanwhile = len(waits) - n_before
    stop.set()
    publisher.join(60)
    was_cut = list(calm.ends)
    for raw in raws:
        raw.close()
    calm.close()
    assert set(answers) == {b"\x20\x02\x00\x00"}
    assert n_meanwhile > 50 and not was_cut
    assert sorted(waits)[len(waits) // 2] < 0.5  # it was never behind the crowd
    assert corner.count("iot-events") == len(waits)


def test_more_than_may_wait_are_told_to_come_again(door, house):
    chosen = house.enroll("north/1", secret="chosen by somebody")
    running = door("--max-auth-queue", "2")
    raws = [Raw(running.http_port) for _ in range(60)]
    code = base64.b64encode(f"north/1:{chosen}".encode())
    for raw in raws:
        raw.send(b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic " + code + b"\r\nContent-Length: 2\r\n\r\n{}")
    answers = {raw.read().split(b" ")[1] for raw in raws}
    for raw in raws:
        raw.close()
    assert answers <= {b"202", b"503"} and b"503" in answers
    assert 'credentials_total{outcome="busy"}' in running.metrics()
    assert post(running.http_port, {"temp": 1}, **basic("north/1", chosen))[0] == 202


def test_another_with_the_same_client_id_takes_nothing_over(door, house):
    mine, hers = house.enroll("north/1"), house.enroll("north/2")
    running = door()
    first = mqtt(running, "north/1", mine, device_id="1", client_id="tracker")
    other = mqtt(running, "north/2", hers, device_id="2", client_id="tracker")
    first.publish({"temp": 1})
    other.publish({"temp": 1})
    first.wait_acked(1)
    other.wait_acked(1)
    assert not first.ends and not other.ends
    again = mqtt(running, "north/1", mine, device_id="1", client_id="tracker")
    until(lambda: first.ends, "the older of the same device to be ended")
    assert not other.ends
    for device in (first, other, again):
        device.close()


def test_commands_go_to_whom_they_are_for(door, corner, house):
    corner.create("fleet.commands", partitions=1)
    secret = house.enroll("north/1")
    running = door()

    def granted(topic):
        listener = Listener(running.mqtt_port, topic, version=paho.MQTTv5, login=("north/1", secret))
        listener.close()
        return listener.granted

    assert granted("fleet/north/1/command") == [1]
    assert granted("fleet/north/2/command") == [0x87]
    assert granted("fleet/south/1/command") == [0x87]


@pytest.mark.waits
def test_too_many_events_of_one_device(door, corner, house):
    quick, calm = house.enroll("north/1"), house.enroll("north/2")
    running = door("--max-rate", "5", "--max-burst", "20")
    body = b"\n".join([b'{"temp":1}'] * 30)
    status, answer, _ = post(running.http_port, body, "application/x-ndjson", **basic("north/1", quick))
    assert status == 202 and 20 <= answer["accepted"] < 30
    assert {e["code"] for e in answer["errors"]} == {"rate"}
    status, answer, headers = post(running.http_port, body, "application/x-ndjson", **basic("north/1", quick))
    assert status in (202, 429) and answer["accepted"] < 10
    if status == 429:
        assert int(headers["Retry-After"]) > 0
    assert post(running.http_port, {"temp": 1}, **basic("north/2", calm))[0] == 202
    device = mqtt(running, "north/2", calm, device_id="2")
    for n in range(40):
        device.publish({"n": n})
    device.wait_acked(40)  # later, and none of them is lost
    assert not device.ends
    device.close()
    assert 'over_rate_total{door="mqtt"}' in running.metrics() and 'over_rate_total{door="http"} 0' not in running.metrics()


def test_no_secret_is_ever_shown(door, house, corner):
    secret = house.enroll("north/7", secret="let-nobody-see-this")
    running = door("--log", "*:trace")
    text = token({"fleet": "north", "sub": "7"})
    for headers in (basic("north/7", secret), basic("north/8", secret), bearer(text), bearer(text + "x"), basic(secret, "x")):
        post(running.http_port, {"temp": 1}, **headers)
    mqtt(running, "north/7", secret).close()
    mqtt(running, "north/8", secret).close()
    hash_of_it = house.file.read_text().split(":")[1]
    dump = subprocess.run([binary("ingest"), "--credentials-file", house.file, "--token-key-file", house.key, "--dump-config"],
                          capture_output=True, text=True, timeout=60)
    seen = running.log + dump.stdout + dump.stderr + running.metrics()
    with open(f"/proc/{running.process.pid}/cmdline", "rb") as file:
        seen += file.read().decode()
    with open(f"/proc/{running.process.pid}/environ", "rb") as file:
        seen += file.read().decode()
    for word in (secret, SECRET, text.split(".")[2], hash_of_it):
        assert word not in seen


def test_an_open_door_is_warned_of(corner, ingest):
    corner.create("iot-events")
    assert "may send events as any device" not in ingest(corner.address, "--topic-prefix", corner.prefix).log
    opened = ingest(corner.address, "--topic-prefix", corner.prefix, "--http", "0.0.0.0:0")
    assert opened.log.count("may send events as any device") == 1


def test_files_that_are_no_good(tmp_path):
    def fails(*options):
        done = subprocess.run([binary("ingest"), "--kafka", "localhost:1", "--http", "localhost:0", "--mqtt", "", "--admin-listen", "", *options],
                              capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr

    bad = tmp_path / "bad"
    bad.write_text("a:plain\n")
    status, talk = fails("--credentials-file", str(bad))
    assert status == 78 and "bad:1: " in talk
    bad.write_text("x" * 40)
    bad.chmod(0o644)
    status, talk = fails("--token-key-file", str(bad))
    assert status == 78 and "chmod 600" in talk
    status, talk = fails("--credentials-file", str(tmp_path / "none"))
    assert status != 0 and "none" in talk


def test_enroll(house):
    first = house.enroll("north/7")
    assert len(first) == 32 and house.file.stat().st_mode & 0o777 == 0o600
    second = house.enroll("north/8", "--for", "south/*")
    lines = house.file.read_text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["north/7", "north/8"] and lines[1].endswith(":south/*")
    assert first not in house.file.read_text() and second not in house.file.read_text()
    assert house.enroll("north/7") != first
    assert [line.split(":")[0] for line in house.file.read_text().splitlines()] == ["north/7", "north/8"]
    for wrong in (["a:b"], ["x", "--for", "no rth/7"], []):
        done = subprocess.run([binary("enroll"), house.file, *wrong], capture_output=True, text=True, timeout=60)
        assert done.returncode == 64 and done.stdout == ""
    threads = [threading.Thread(target=house.enroll, args=(f"north/many-{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(house.file.read_text().splitlines()) == 14


def test_phones_show_who_they_are_as_they_can(door, house, corner):
    secret = house.enroll("jane", "--for", "north/van-7")
    at = door()
    fix = {"_type": "location", "lat": 1, "lon": 2, "tst": int(time.time()), "topic": "owntracks/somebody/phone", "tid": "JJ"}
    form = "application/x-www-form-urlencoded"
    assert post(at.http_port, fix, path="/v1/owntracks")[0] == 401
    assert post(at.http_port, fix, path="/v1/owntracks", **basic("jane", secret))[0] == 200
    assert post(at.http_port, b"id=12345678&lat=1&lon=2", form, "/v1/traccar?token=jane:wrong")[0] == 401
    assert post(at.http_port, b"id=12345678&lat=1&lon=2", form, f"/v1/traccar?token=jane:{secret}")[0] == 200
    jwt = token({"fleet": "north", "device_id": "van-8"})
    assert post(at.http_port, b"", form, f"/v1/traccar?id=12345678&lat=1&lon=2&token={jwt}")[0] == 200
    assert post(at.http_port, {"device_id": "van-7"}, path=f"/v1/events?token=jane:{secret}")[0] == 401
    messages = corner.read("iot-events", 3)
    assert sorted(m.key() for m in messages) == [b"north/van-7", b"north/van-7", b"north/van-8"]
    assert not any(secret.encode() in m.value() or b"token" in m.value() for m in messages)
