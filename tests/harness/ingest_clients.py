# SPDX-License-Identifier: Apache-2.0
"""Devices as they are: paho-mqtt clients of either version, and raw sockets for what no library would send."""
import json
import socket
import threading
import urllib.request

import paho.mqtt.client as paho

from .waiting import until

TELEMETRY = "fleet/north/{}/telemetry"


class Device:
    """A connected paho client; .acked = payloads' packet ids in the order of their PUBACKs, .reasons = their reason codes."""

    def __init__(self, port, device_id="7", version=paho.MQTTv311, client_id=None, login=(None, None), tls=None, **options):
        self.topic = TELEMETRY.format(device_id)
        self.acked, self.reasons, self.ends = [], [], []
        self.answer = None
        self._up = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id or f"c-{device_id}", protocol=version, **options)
        if login[0] is not None:
            self.client.username_pw_set(*login)
        if tls:
            self.client.tls_set_context(tls)
        self.client.max_inflight_messages_set(1000)
        self.client.on_connect = self._on_connect
        self.client.on_publish = self._on_publish
        self.client.on_disconnect = lambda client, user, flags, reason, properties: self.ends.append(reason)
        self.client.connect("localhost", port, keepalive=30)
        self.client.loop_start()
        assert self._up.wait(20), "no CONNACK"

    def _on_connect(self, client, user, flags, reason, properties):
        self.answer, self.properties, self.flags = reason, properties, flags
        self._up.set()

    def _on_publish(self, client, user, packet_id, reason, properties):
        self.acked.append(packet_id)
        self.reasons.append(reason)

    def publish(self, payload, qos=1, topic=None):
        body = payload if isinstance(payload, (bytes, str)) else json.dumps(payload)
        return self.client.publish(topic or self.topic, body, qos).mid

    def wait_acked(self, count):
        until(lambda: len(self.acked) >= count, f"{count} PUBACKs (there are {len(self.acked)}; ends: {self.ends})")

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Listener:
    """A paho client that subscribes; .heard = what came, parsed. It acknowledges by itself unless manual: then by .acknowledge()."""

    def __init__(self, port, topic, version=paho.MQTTv311, qos=1, manual=False, client_id=None, connect_properties=None, login=(None, None)):
        self.heard, self.messages, self.granted = [], [], []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id or f"l-{topic}", protocol=version, manual_ack=manual)
        if login[0] is not None:
            self.client.username_pw_set(*login)
        self.client.on_connect = lambda client, *_: client.subscribe(topic, qos)
        self.client.on_subscribe = lambda client, user, packet_id, reasons, properties: self.granted.extend(r.value for r in reasons)
        self.client.on_message = self._on_message
        self.client.connect("localhost", port, keepalive=30, **({"properties": connect_properties} if connect_properties else {}))
        self.client.loop_start()
        until(lambda: self.granted, "SUBACK")

    def _on_message(self, client, user, message):
        self.messages.append(message)
        self.heard.append(json.loads(message.payload))

    def acknowledge(self, n):
        self.client.ack(self.messages[n].mid, self.messages[n].qos)

    def wait(self, count):
        until(lambda: len(self.heard) >= count, f"{count} commands (there are {self.heard})")
        return [command["command_id"] for command in self.heard]

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Raw:
    """A socket that sends exactly these bytes."""

    def __init__(self, port):
        self.socket = socket.create_connection(("localhost", port), 20)

    def send(self, data):
        self.socket.sendall(data)
        return self

    def read(self, count=65536):
        return self.socket.recv(count)

    def ends(self):
        """TRUE once the server has closed; what it said before is thrown away."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self):
        self.socket.close()


def post(port, body, content_type="application/json", path="/v1/events", **headers):
    """(status, parsed answer, headers)"""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://localhost:{port}{path}", data,
        {"Content-Type": content_type, **{k.replace("_", "-"): v for k, v in headers.items()}})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null"), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null"), error.headers
