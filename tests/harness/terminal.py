# SPDX-License-Identifier: Apache-2.0
"""A real terminal to run a program in: tmux for what is on the screen, a bare pty for the bytes on the way there."""
import fcntl
import os
import pathlib
import pty
import select
import shlex
import struct
import subprocess
import termios
import threading

from .waiting import until

UTF8 = {"LC_ALL": "C.UTF-8", "TERM": "tmux-256color", "TZ": "UTC"}
PLAIN = {"LC_ALL": "C", "TERM": "tmux-256color", "TZ": "UTC"}


class Screen:
    """A command in tmux. After it ended the pane shows left=STATUS."""

    def __init__(self, server, argv, folder, width, height, env):
        self.server = server
        words = " ".join(shlex.quote(str(word)) for word in argv)
        sets = " ".join(f"{key}={shlex.quote(value)}" for key, value in env.items())
        self._tmux("new-session", "-d", "-s", "s", "-x", str(width), "-y", str(height), "-c", str(folder),
                   f"stty -g > before; env {sets} {words}; echo left=$?; stty -g > after; cat")

    def _tmux(self, *words):
        return subprocess.run(["tmux", "-L", self.server, "-f", "/dev/null", *words], check=True, capture_output=True,
                              text=True).stdout

    def text(self, with_styles=False):
        return self._tmux("capture-pane", "-p", "-t", "s", *(["-e"] if with_styles else []))

    def wait(self, text, seconds=30):
        try:
            return until(lambda: (self.text() if text in self.text() else None), f"'{text}' on the screen", seconds, every=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def keys(self, *keys):
        self._tmux("send-keys", "-t", "s", *keys)

    def resize(self, width, height):
        self._tmux("resize-window", "-t", "s", "-x", str(width), "-y", str(height))

    def process_ids(self, name):
        """The ids of the processes of that name under this terminal's shell."""
        shell = self._tmux("display-message", "-p", "-t", "s", "#{pane_pid}").strip()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] if entry.name.isdigit() else None
                if parent == shell and name in (entry / "cmdline").read_text():
                    found.append(int(entry.name))
            except OSError:
                pass  # it ended meanwhile
        return found

    def close(self):
        subprocess.run(["tmux", "-L", self.server, "kill-server"], capture_output=True)


class Wire:
    """A command on a pty; every byte that it sends to the terminal is kept."""

    def __init__(self, argv, env, width=100, height=30):
        self.bytes = bytearray()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(str(argv[0]), [str(word) for word in argv], {**os.environ, **env})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            while True:
                ready, _, _ = select.select([self.fd], [], [], 1)
                if ready:
                    self.bytes += os.read(self.fd, 65536)
        except (OSError, ValueError):
            pass

    def send(self, data):
        os.write(self.fd, data)

    def hang_up(self):
        os.close(self.fd)

    def wait(self, seconds=30):
        """The status that the command ends with."""
        ended = []

        def over():
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                ended.append(status)
            return pid

        until(over, "the program to end", seconds)
        return os.waitstatus_to_exitcode(ended[0])
