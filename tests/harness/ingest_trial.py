# SPDX-License-Identifier: Apache-2.0
"""Devices that never give up, on an ingest and a Kafka that are killed under them; then what Kafka has is held against what they know.

    load = Load(http_port, mqtt_port)       # flat out from here on, through every fall and return
    load.wait_acked(1000)                   # a thousand more than now
    ...kill, start again...
    load.finish()                           # nothing new is begun; returns when all that was begun is acknowledged
    verdict = judge(load, corner.read("iot-events", corner.count("iot-events")))
    assert verdict.holds(), verdict

Each device numbers its events, counts how often it sent each, and sends again only what nothing acknowledged. So a copy in Kafka is
explained exactly when its event was sent at least that often.
"""
import collections
import dataclasses
import http.client
import json
import socket
import threading

from .waiting import until

RETRY_SECONDS = 0.05
ANSWER_SECONDS = 60
MQTT_WINDOW = 20
POST_LINES = 10


class Refused(Exception):
    """An answer that is not an acknowledgement: what it names is sent again."""


class Steady(threading.Thread):
    """One device. .sent[n] = how often event n was sent, .acked[n] = whether it was acknowledged."""

    def __init__(self, name, port):
        super().__init__(name=name, daemon=True)
        self.port, self.sent, self.acked = port, [], []
        self.n_acked = self.n_ends = 0
        self.fault = None
        self.must_finish = threading.Event()
        self._nap = threading.Event()

    def event(self, n):
        return json.dumps({"device_id": self.name, "seq": n, "temp_c": 4.5}).encode()

    def begin(self):
        """A new event's number."""
        self.sent.append(0)
        self.acked.append(False)
        return len(self.sent) - 1

    def ack(self, n):
        self.acked[n] = True
        self.n_acked += 1

    def unacked(self):
        """What is to be sent again after a connection's end, oldest first; the windows are small, so the end of the list has it all."""
        first = max(0, len(self.acked) - 2 * max(MQTT_WINDOW, POST_LINES))
        return [n for n in range(first, len(self.acked)) if not self.acked[n]]

    def run(self):
        try:
            while not self.must_finish.is_set() or self.unacked():
                try:
                    self.converse()
                except (OSError, http.client.HTTPException, Refused):
                    self.n_ends += 1
                    self._nap.wait(RETRY_SECONDS)
        except BaseException as fault:
            self.fault = fault
            raise


class MqttDevice(Steady):
    """MQTT 3.1.1, QoS 1, a window; PUBACKs must come in the order of the publishes."""

    def converse(self):
        with socket.create_connection(("localhost", self.port), ANSWER_SECONDS) as self.socket:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client_id = self.name.encode()
            self.say(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + len(client_id).to_bytes(2, "big") + client_id)
            if self.read(4) != b"\x20\x02\x00\x00":
                raise Refused
            self.publish_all()

    def publish_all(self):
        again = self.unacked()
        underway = collections.deque()
        for n in again:
            self.publish(n)
            underway.append(n)
        while underway or not self.must_finish.is_set():
            while len(underway) < MQTT_WINDOW and not self.must_finish.is_set():
                underway.append(self.begin())
                self.publish(underway[-1])
            if not underway:
                return
            packet = self.read(4)
            assert packet[:2] == b"\x40\x02", f"not a PUBACK: {packet}"
            n = underway.popleft()
            assert int.from_bytes(packet[2:], "big") == self.packet_id(n), "a PUBACK out of order"
            self.ack(n)

    @staticmethod
    def packet_id(n):
        return n % 65535 + 1

    def publish(self, n):
        topic = f"fleet/default/{self.name}/telemetry".encode()
        again = 0x08 if self.sent[n] else 0
        self.sent[n] += 1
        self.say(0x32 | again, len(topic).to_bytes(2, "big") + topic + self.packet_id(n).to_bytes(2, "big") + self.event(n))

    def say(self, kind, rest):
        length = bytes([len(rest)]) if len(rest) < 128 else bytes([len(rest) % 128 | 128, len(rest) // 128])
        self.socket.sendall(bytes([kind]) + length + rest)

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionResetError
            data += more
        return data


class HttpDevice(Steady):
    """NDJSON by keep-alive POSTs; a line is acknowledged by a 202 that does not name it."""

    def converse(self):
        connection = http.client.HTTPConnection("localhost", self.port, timeout=ANSWER_SECONDS)
        try:
            while not self.must_finish.is_set() or self.unacked():
                self.post(connection, self.unacked() or [self.begin() for _ in range(POST_LINES)])
        finally:
            connection.close()

    def post(self, connection, numbers):
        for n in numbers:
            self.sent[n] += 1
        connection.request("POST", "/v1/events", b"\n".join(self.event(n) for n in numbers), {"Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 202:
            raise Refused
        wrong = {error["line"] for error in json.loads(body)["errors"]}
        for line, n in enumerate(numbers, 1):
            if line not in wrong:
                self.ack(n)
        if wrong:
            raise Refused


class Load:
    def __init__(self, http_port, mqtt_port, n_mqtt=4, n_http=3):
        self.devices = [MqttDevice(f"mqtt-{i}", mqtt_port) for i in range(n_mqtt)]
        self.devices += [HttpDevice(f"http-{i}", http_port) for i in range(n_http)]
        for device in self.devices:
            device.start()

    def n_acked(self):
        for device in self.devices:
            assert device.fault is None, f"{device.name}: {device.fault!r}"
        return sum(device.n_acked for device in self.devices)

    def wait_acked(self, count):
        """Until each device has an acknowledgement more, and all together `count` more."""
        before = [device.n_acked for device in self.devices]
        wanted = sum(before) + count
        until(lambda: self.n_acked() >= wanted and all(d.n_acked > b for d, b in zip(self.devices, before)),
              f"{count} more acknowledgements (there were {sum(before)}, there are {self.n_acked()})", ANSWER_SECONDS)

    def finish(self):
        for device in self.devices:
            device.must_finish.set()
        until(lambda: not any(device.is_alive() for device in self.devices), "all devices to have their acknowledgements", ANSWER_SECONDS)
        self.n_acked()


@dataclasses.dataclass
class Verdict:
    n_sent: int = 0         # events, each counted once
    n_sent_again: int = 0   # times that one was sent again
    n_acked: int = 0
    n_stored: int = 0       # records in Kafka
    n_copies: int = 0       # of them beyond the first of their event
    lost: list = dataclasses.field(default_factory=list)         # acknowledged, and not in Kafka
    unexplained: list = dataclasses.field(default_factory=list)  # in Kafka more often than they were sent

    def holds(self):
        return not self.lost and not self.unexplained and self.n_acked > 0


def judge(load, messages):
    stored = collections.Counter()
    for message in messages:
        event = json.loads(message.value())
        stored[event["device_id"], event["seq"]] += 1
    verdict = Verdict(n_stored=len(messages), n_copies=len(messages) - len(stored))
    for device in load.devices:
        verdict.n_sent += len(device.sent)
        verdict.n_sent_again += sum(device.sent) - len(device.sent)
        verdict.n_acked += device.n_acked
        for n, times in enumerate(device.sent):
            copies = stored.pop((device.name, n), 0)
            if device.acked[n] and copies == 0:
                verdict.lost.append((device.name, n))
            if copies > times:
                verdict.unexplained.append((device.name, n))
    verdict.unexplained += stored
    return verdict
