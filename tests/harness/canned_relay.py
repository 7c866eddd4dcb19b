# SPDX-License-Identifier: Apache-2.0
"""A relay of canned messages, for programs that look at one: it answers subscriptions for a fleet that drives in a circle."""
import json
import math
import threading
import time

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

SUBPROTOCOL = "fleetwire.v1+json"


class CannedRelay:
    """Listens until stop(); .asked holds what clients sent. ids: the devices' names."""

    def __init__(self, port, ids):
        self.ids, self.asked, self.rev, self.started = ids, [], 0, time.time()
        self.server = serve(self._serve, "127.0.0.1", port, subprotocols=[SUBPROTOCOL], compression=None)
        self.url = f"ws://127.0.0.1:{port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.connections = []

    def stop(self):
        self.server.shutdown()
        for connection in list(self.connections):
            connection.close_socket()
        self.thread.join(10)

    def _row(self, number):
        now = time.time()
        angle = number + (now - self.started) / 20
        return {
            "fleet": "default", "device_id": self.ids[number], "lat": round(30.27 + math.sin(angle) / 50, 5),
            "lon": round(-97.74 + math.cos(angle) / 50, 5), "speed_kmh": round(40 + 20 * math.sin(now + number), 1),
            "heading_deg": 90, "temp_c": 4.5, "last_seen_ms": int(now * 1000), "ts_ms": int(now * 1000) - 5,
            "status": "moving", "severity": "critical" if number == 1 else "none",
            "reasons": [{"reason": "temp_high", "since_ms": int(self.started * 1000)}] if number == 1 else [], "clock_bad": False,
        }

    def _rows(self):
        return [self._row(number) for number in range(len(self.ids))]

    def _window(self, ch):
        n = len(self.ids)
        return {"op": "window", "ch": ch, "rev": self.rev, "rows": self._rows(), "n_match": n,
                "totals": {"status": {"moving": n}, "severity": {"critical": 1}, "speed_kmh": {"n": n, "min": 20, "mean": 40, "max": 60},
                           "lat": {"n": n, "min": 30, "mean": 30, "max": 30}}}

    def _answer(self, ch, message):
        if message.get("first"):
            return self._window(ch)
        rows = self._rows() if "device_id = " not in message.get("where", "") else [self._row(1)]
        return {"op": "snapshot", "ch": ch, "rev": self.rev, "part": 0, "last": True, "rows": rows}

    def _push(self, ch, message):
        if message.get("first"):
            return self._window(ch)
        rows = self._rows() if "device_id = " not in message.get("where", "") else [self._row(1)]
        return {"op": "patch", "ch": ch, "from_rev": self.rev, "rev": self.rev, "set": rows, "left": []}

    def _serve(self, connection):
        self.connections.append(connection)
        subscriptions, last_ch, pushed = {}, 0, time.monotonic()

        def send(message):
            connection.send(json.dumps(message))

        try:
            send({"op": "hello", "v": 1, "epoch": "canned", "now_ms": int(time.time() * 1000), "limits": {}})
            while True:
                try:
                    message = json.loads(connection.recv(timeout=0.1))
                except TimeoutError:
                    message = None
                if message:
                    self.asked.append(message)
                    subscriptions.pop(message.get("ch"), None)
                if message and message["op"] in ("subscribe", "update"):
                    last_ch += 1
                    subscriptions[last_ch] = message
                    send({"op": "subscribed", "id": message["id"], "ch": last_ch})
                    send(self._answer(last_ch, message))
                if time.monotonic() - pushed > 0.5:
                    pushed, self.rev = time.monotonic(), self.rev + len(self.ids)
                    for ch, asked in subscriptions.items():
                        send(self._push(ch, asked))
        except (ConnectionClosed, OSError):
            pass
        finally:
            self.connections.remove(connection)
