# SPDX-License-Identifier: Apache-2.0
"""Ports that are free on both loopback families and that no outgoing connection will take."""
import random
import socket

LOWEST, HIGHEST = 20000, 32000  # below Linux's range for outgoing connections
_given = set()


def _binds(family, host, port):
    try:
        with socket.socket(family, socket.SOCK_STREAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((host, port))
        return True
    except OSError as error:
        return family == socket.AF_INET6 and error.errno in (97, 99)  # this machine has no IPv6


def free_port():
    while True:
        port = random.randint(LOWEST, HIGHEST)
        if port in _given:
            continue
        if _binds(socket.AF_INET, "127.0.0.1", port) and _binds(socket.AF_INET6, "::1", port):
            _given.add(port)
            return port


def listens(port, host="127.0.0.1"):
    try:
        socket.create_connection((host, port), timeout=1).close()
        return True
    except OSError:
        return False
