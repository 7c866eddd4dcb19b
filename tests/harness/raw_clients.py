# SPDX-License-Identifier: Apache-2.0
"""Many plain WebSocket clients on one thread that only count bytes and frames."""
import base64
import os
import selectors
import socket

from .waiting import PATIENCE, until

REQUEST = ("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n")


class RawClient:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.sendall(REQUEST.format(port=port, key=base64.b64encode(os.urandom(16)).decode()).encode())
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self._receive()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        assert b" 101 " in head.split(b"\r\n")[0], head
        self.socket.setblocking(False)
        self.n_bytes = self.n_frames = 0

    def _receive(self):
        received = self.socket.recv(1 << 18)
        assert received, "the server has closed"
        return received

    def read(self):
        self.take(self._receive())

    def take(self, received):
        data, at = self.rest + received, 0
        self.n_bytes += len(received)
        while len(data) - at >= 4:
            size = data[at + 1] & 127
            header = 2 if size < 126 else 4
            assert size < 127 and data[at] & 0x70 == 0, "a frame that a small message cannot have"
            size = size if size < 126 else int.from_bytes(data[at + 2:at + 4], "big")
            if len(data) - at < header + size:
                break
            at += header + size
            self.n_frames += data[at - header - size] & 15 < 8
        self.rest = data[at:]


class RawClients:
    def __init__(self, port, count):
        self.clients = [RawClient(port) for _ in range(count)]
        self.selector = selectors.DefaultSelector()
        for client in self.clients:
            self.selector.register(client.socket, selectors.EVENT_READ, client)
            client.take(b"")

    def wait_frames(self, count, what):
        """Reads until every client has got count messages."""
        def all_here():
            for key, _ in self.selector.select(0.05):
                key.data.read()
            return all(client.n_frames >= count for client in self.clients)

        until(all_here, what, every=0)

    def bytes(self):
        return sum(client.n_bytes for client in self.clients)

    def frames(self):
        return sum(client.n_frames for client in self.clients)

    def close(self):
        for client in self.clients:
            client.socket.close()
