# SPDX-License-Identifier: Apache-2.0
"""A real Mosquitto, as somebody has it already: persistent, on a port of its own, stopped and started by the test."""
import os
import shutil
import signal
import socket
import subprocess

from .ports import free_port
from .waiting import until

BINARY = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Mosquitto:
    def __init__(self, folder, *settings, scheme="mqtt"):
        assert BINARY, "mosquitto is not installed"
        self.port, self.scheme = free_port(), scheme
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        user = "root" if os.getuid() == 0 else ""  # it would become 'mosquitto', who may not write here
        lines = [f"listener {self.port} localhost", "persistence true", f"persistence_location {folder}/", "max_queued_messages 0",
                 *([f"user {user}"] if user else []), *(settings or ("allow_anonymous true",))]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        self.process = None
        self.start()

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.port}"

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([BINARY, "-v", "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log)
        until(self._answers, f"Mosquitto to listen\n{(self.folder / 'log').read_text()}")

    def _answers(self):
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            socket.create_connection(("localhost", self.port), 1).close()
            return True
        except OSError:
            return False

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")
