# SPDX-License-Identifier: Apache-2.0
"""Starts programs, keeps what they say, stops them by process id."""
import json
import os
import pathlib
import signal
import subprocess
import threading

from .waiting import PATIENCE, until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("FLEETWIRE_BUILD") or SOURCE / "build")
os.environ.update(FLEETWIRE_SOURCE=str(SOURCE), FLEETWIRE_BUILD=str(BUILD))  # programs find each other by these


def binary(name):
    """'relay' -> the built fleetwire-relay; a program of the tests by its name under tests/."""
    for path in (BUILD / "apps" / name / f"fleetwire-{name}", BUILD / "apps" / name / name, BUILD / "tests" / "flow" / name):
        if path.is_file():
            return str(path)
    raise AssertionError(f"{name} is not built in {BUILD}")


class Program:
    """A running command. Its stdout is kept as lines, its stderr as text; both are shown when a test fails."""

    def __init__(self, argv, folder, env=None, stdin=subprocess.DEVNULL):
        self.argv = [str(word) for word in argv]
        self.name = pathlib.Path(self.argv[0]).name
        self.lines = []
        self.talk = []
        self._pipes = []
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(folder), **(env or {})}
        self.process = subprocess.Popen(
            self.argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=folder
        )
        for pipe, into in ((self.process.stdout, self.lines), (self.process.stderr, self.talk)):
            thread = threading.Thread(target=self._read, args=(pipe, into), daemon=True)
            thread.start()
            self._pipes.append(thread)

    @staticmethod
    def _read(pipe, into):
        for line in pipe:
            into.append(line.decode(errors="replace").rstrip("\n"))

    @property
    def log(self):
        return "\n".join(self.talk)

    def is_running(self):
        return self.process.poll() is None

    def wait_line(self, wanted, seconds=PATIENCE):
        """The first line on stdout for which wanted(line) is true (or that holds the text wanted)."""
        test = wanted if callable(wanted) else lambda line: wanted in line

        def found():
            for line in list(self.lines):
                if test(line):
                    return line
            assert self.is_running() or self._drained(), f"{self.name} ended"
            return None

        return until(found, f"{self.name} to say {wanted!r}\n{self.report()}", seconds)

    def wait_log(self, text, seconds=PATIENCE):
        return until(lambda: text in self.log, f"{self.name} to log {text!r}\n{self.report()}", seconds)

    def _drained(self):
        return any(thread.is_alive() for thread in self._pipes)

    def wait(self, seconds=PATIENCE):
        """Its exit status, when it ends by itself."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} does not end within {seconds:g} s\n{self.report()}") from None
        for thread in self._pipes:
            thread.join(5)
        return status

    def stop(self, how=signal.SIGTERM, seconds=15):
        """Asks it to end, by its process id; its exit status."""
        if self.is_running():
            self.process.send_signal(how)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"{self.name} does not end on {how.name}\n{self.report()}") from None
        return self.wait(5)

    def kill(self):
        if self.is_running():
            self.process.kill()
        self.process.wait()

    def write(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def json(self):
        """What it printed, one JSON value a line."""
        return [json.loads(line) for line in list(self.lines) if line]

    def report(self):
        said = "\n".join(self.lines[-20:])
        talk = "\n".join(self.talk[-60:])
        return f"$ {' '.join(self.argv)}\n-- stdout (end)\n{said}\n-- stderr (end)\n{talk}"
