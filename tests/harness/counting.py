# SPDX-License-Identifier: Apache-2.0
"""Counting what a program does: what it asks of malloc, and its system calls."""
import mmap
import pathlib
import re
import signal
import struct
import subprocess

from .programs import BUILD
from .waiting import until


class Mallocs:
    """Start a program with .env; read() says how often it has allocated."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "mallocs"
        self.path.write_bytes(bytes(32))
        with open(self.path, "r+b") as file:
            self.counts = mmap.mmap(file.fileno(), 32)
        self.env = {"LD_PRELOAD": str(BUILD / "tests" / "flow" / "count-mallocs.so"), "COUNT_MALLOCS_FILE": str(self.path)}

    def read(self):
        return sum(struct.unpack("<4Q", self.counts[:32])[:3])


class SystemCalls:
    """Within the block, strace counts what the process calls; .calls is {name: how often} after it."""

    def __init__(self, pid, folder):
        self.pid = pid
        self.path = pathlib.Path(folder) / "strace"
        self.calls = {}

    def __enter__(self):
        self.strace = subprocess.Popen(["strace", "-c", "-f", "-o", self.path, "-p", str(self.pid)], stderr=subprocess.PIPE)
        first = self.strace.stderr.readline()
        assert b"attached" in first, f"strace cannot look at the process: {first.decode()}"
        until(self._is_traced, "strace to be attached to every thread")
        return self

    def _is_traced(self):
        tasks = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
        return all(re.search(r"TracerPid:\s+[1-9]", (task / "status").read_text()) for task in tasks)

    def __exit__(self, *_):
        self.strace.send_signal(signal.SIGINT)
        self.strace.wait(30)
        for line in self.path.read_text().splitlines():
            words = line.split()
            if len(words) >= 5 and words[0][0].isdigit() and words[-1] != "total":
                self.calls[words[-1]] = int(words[3])
