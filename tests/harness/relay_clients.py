# SPDX-License-Identifier: Apache-2.0
"""Clients of the relay, as anybody would write them."""
import itertools
import json
import threading
import urllib.request

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .waiting import PATIENCE, until

SUBPROTOCOL = "fleetwire.v1+json"


class Firehose:
    """A client without a subprotocol: .messages as they come, str for text frames, bytes for binary ones."""

    def __init__(self, url, **options):
        self.messages = []
        self.closed = None
        self.socket = connect(url, max_size=None, ping_interval=None, legacy=True, **options)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            for message in self.socket:
                self.take(message)
        except ConnectionClosed as error:
            self.closed = error

    def take(self, message):
        self.messages.append(message)

    def wait(self, count, seconds=PATIENCE):
        until(lambda: len(self.messages) >= count, f"{count} messages, {len(self.messages)} came", seconds)
        return self.messages

    def close(self):
        self.socket.close()
        self.thread.join(5)


class Client(Firehose):
    """A client of fleetwire.v1+json that keeps what it is told: .messages, .records of logs, .rows of fleet channels."""

    def __init__(self, url, **options):
        self.records, self.rows, self._ids = [], {}, itertools.count(1)
        super().__init__(url, subprotocols=[SUBPROTOCOL], **options)

    def take(self, text):
        message = json.loads(text)
        rows = self.rows.setdefault(message.get("ch"), {})
        if message["op"] == "snapshot" and message["part"] == 0:
            rows.clear()
        for row in message.get("rows", []) + message.get("set", []):
            key = (row["fleet"], row["device_id"])
            rows[key] = {name: value for name, value in {**rows.get(key, {}), **row}.items() if value is not None}
        for fleet, device_id, _ in message.get("left", []):
            rows.pop((fleet, device_id), None)
        self.records.extend(message.get("records", []))
        self.messages.append(message)

    def say(self, **message):
        self.socket.send(json.dumps(message))

    def said(self, op, **keys):
        return [m for m in list(self.messages) if m["op"] == op and all(m.get(k) == v for k, v in keys.items())]

    def wait_said(self, op, count=1, seconds=PATIENCE, **keys):
        until(lambda: len(self.said(op, **keys)) >= count, f"{count} x {op} {keys}; it said {self.messages[-5:]}", seconds)
        return self.said(op, **keys)[-1]

    def ask(self, op="subscribe", **keys):
        """Sends a request; the number of the subscription that answers it."""
        number = next(self._ids)
        self.say(op=op, id=number, **keys)
        return self.wait_said("subscribed", id=number)["ch"]

    def ask_in_vain(self, op="subscribe", **keys):
        number = next(self._ids)
        self.say(op=op, id=number, **keys)
        return self.wait_said("error", id=number)

    def wait_rows(self, ch, claim, what):
        until(lambda: claim(dict(self.rows.get(ch, {}))), f"{what}; rows are {self.rows.get(ch)}")


def metrics(program):
    """The relay's /metrics: name with labels -> value."""
    with urllib.request.urlopen(f"http://localhost:{program.admin_port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line and line[0] != "#"}


def wait_metric(program, name, at_least):
    until(lambda: metrics(program).get(name, 0) >= at_least, f"{name} >= {at_least}; it is {metrics(program).get(name)}")
