# SPDX-License-Identifier: Apache-2.0
"""A network of a test's own, so that the default ports are free in it: only loopback, only for programs put inside."""
import os
import subprocess

BRING_UP = "ip link set lo up && echo ready && exec cat"


class OwnNetwork:
    """inside: the words to put before a command that shall run in this network."""

    def __init__(self):
        # Without root, a user namespace of one's own allows it.
        kind = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
        self._holder = subprocess.Popen(
            [*kind, "sh", "-c", BRING_UP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said = self._holder.stdout.readline().decode()
        assert said == "ready\n", f"no network of one's own ({' '.join(kind)}): {said}"
        target = str(self._holder.pid)
        self.inside = ["nsenter", "-t", target, "-n"]
        if os.geteuid() != 0:
            self.inside = ["nsenter", "-t", target, "-U", "-n", "--preserve-credentials"]

    def close(self):
        self._holder.stdin.close()
        self._holder.wait()
