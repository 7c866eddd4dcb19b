# SPDX-License-Identifier: Apache-2.0
"""One measured run: a peer, a load client and a paced producer on one Kafka; CPU of the peer alone, from /proc."""
import json
import os
import pathlib
import platform
import re
import subprocess
import tempfile
import time
import urllib.request

from harness.ports import free_port, listens
from harness.programs import BUILD, SOURCE, Program, binary
from harness.real_kafka import RealKafka
from harness.topics import Corner
from harness.waiting import until

PROGRAMS = BUILD / "tests" / "bench"
NODE = SOURCE / "tests" / "bench" / "node"
TICK = os.sysconf("SC_CLK_TCK")
PARTITIONS = 4
WARM_SECONDS = 1.5
SUBSCRIBE = '{"op":"subscribe","id":"1","channel":"log/iot-events"}'


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def sleep_until_us(moment_us):
    time.sleep(max(0, moment_us / 1e6 - time.clock_gettime(time.CLOCK_MONOTONIC)))


def now_us():
    return int(time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6)


class Peer:
    """A server under measurement; `name` says which."""

    def __init__(self, name, corner, folder, options=(), env=None):
        self.name = name
        self.port, self.admin_port = free_port(), free_port()
        topic = corner.name("iot-events")
        self.program = Program(self._command(corner, topic, list(options)), folder, env=env)
        self.pid = self.program.process.pid
        until(self._is_ready, f"{name} to be ready\n{self.program.report()}", 30)

    def _command(self, corner, topic, options):
        if self.name == "node":
            return ["node", NODE / "broadcaster.js", corner.address, topic, self.port]
        if self.name == "floor":
            return [PROGRAMS / "bench-floor", corner.address, topic, PARTITIONS, self.port]
        return [binary("relay"), "--kafka", corner.address, "--topic-prefix", corner.prefix, "--listen",
                f"localhost:{self.port}", "--admin-listen", f"localhost:{self.admin_port}", *options]

    def _is_ready(self):
        assert self.program.is_running(), self.program.report()
        if self.name == "node":
            return "ready" in self.program.lines
        return listens(self.port) and (self.name == "floor" or self._answers("/readyz"))

    def _answers(self, path):
        try:
            return urllib.request.urlopen(f"http://localhost:{self.admin_port}{path}", timeout=2).status == 200
        except OSError:
            return False

    def metrics(self):
        """Every sample of /metrics, {name with labels: value}; empty for a peer that has none."""
        if self.name in ("node", "floor"):
            return {}
        text = urllib.request.urlopen(f"http://localhost:{self.admin_port}/metrics", timeout=5).read().decode()
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, value in lines}

    def stop(self):
        self.program.process.terminate()
        try:
            self.program.process.wait(10)
        except subprocess.TimeoutExpired:
            self.program.kill()


class Bench:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="fleetwire-bench-")
        self.path = pathlib.Path(self.folder.name)
        self.kafka = RealKafka(self.path)
        self.n_corners = 0

    def close(self):
        self.kafka.stop()
        self.folder.cleanup()

    def corner(self):
        """Topics that nothing was ever written to: no run reads what another has left."""
        self.n_corners += 1
        corner = Corner(self.kafka.address, f"b{self.n_corners}.")
        corner.create("iot-events", partitions=PARTITIONS, message_timestamp_type="LogAppendTime")
        return corner

    def run(self, peer_name, clients, rate, seconds, size=200, options=(), load=(), env=None, count=None, wait_ms=3000):
        """count: called at both ends of the window with the Peer; what it returns stands in the result as `counted`."""
        corner = self.corner()
        peer = Peer(peer_name, corner, self.path, options, env)
        try:
            result = self._measure(peer, corner, clients, rate, seconds, size, load, count, wait_ms)
            result["log"] = peer.program.log
            return result
        finally:
            peer.stop()
            corner.delete("iot-events")

    def _measure(self, peer, corner, clients, rate, seconds, size, load, count, wait_ms):
        loader = Program([PROGRAMS / "bench-load", "--port", peer.port, "--clients", clients, "--drain-ms", wait_ms,
                          "--expected", rate * seconds, *load], self.path, stdin=subprocess.PIPE)
        producer = None
        try:
            loader.wait_line("ready", 60)
            start = now_us() + 500_000
            producer = Program([PROGRAMS / "bench-producer", "--kafka", corner.address, "--topic", corner.name("iot-events"),
                                "--rate", rate, "--bytes", size, "--seconds", int(seconds + WARM_SECONDS + 1),
                                "--start-us", start], self.path)
            first, last = start + int(WARM_SECONDS * 1e6), start + int((WARM_SECONDS + seconds) * 1e6)
            loader.write(f"{first} {last}\n")
            before = self._sample(peer, first, count)
            after = self._sample(peer, last, count)
            loader.wait(seconds + wait_ms / 1000 + 30)
            producer.wait(60)
        finally:
            loader.kill()
            if producer:
                producer.kill()
        return self._result(peer, loader.json_line(), producer.json_line(), before, after, rate * seconds)

    @staticmethod
    def _sample(peer, moment_us, count):
        sleep_until_us(moment_us)
        return {"cpu": cpu_seconds(peer.pid), "at": now_us(), "kb": memory_kb(peer.pid), "counted": count(peer) if count else None}

    @staticmethod
    def _result(peer, loaded, produced, before, after, per_client):
        healthy = loaded["healthy"]
        cpu = after["cpu"] - before["cpu"]
        return {
            "peer": peer.name, "cpu_s": round(cpu, 3), "window_s": round((after["at"] - before["at"]) / 1e6, 3),
            "cpu_s_per_million": round(cpu * 1e6 / max(loaded["arrived"], 1), 3),
            "delivered_share": round(healthy["delivered"] / max(per_client * healthy["clients"], 1), 5),
            "all_the_same": healthy["same"] and healthy["least"] == per_client, "rss_kb": after["kb"],
            "produced": produced, "counted": [before["counted"], after["counted"]], **loaded,
        }


def _json_line(self):
    return json.loads(next(line for line in reversed(self.lines) if line.startswith("{")))


Program.json_line = _json_line


def machine():
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    return {"processor": model[1] if model else platform.machine(), "processors": os.cpu_count(),
            "memory_gb": round(memory / 1048576), "kernel": platform.release(), "network": "loopback"}


def versions():
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]

    packages = json.loads((NODE / "package-lock.json").read_text())["packages"]
    return {"relay": subprocess.run([binary("relay"), "--version"], capture_output=True, text=True).stdout.split("\n")[:4],
            "node": first_line("node", "--version"), "ws": packages["node_modules/ws"]["version"],
            "kafkajs": packages["node_modules/kafkajs"]["version"], "kafka": "4.2.0",
            "commit": first_line("git", "-C", str(SOURCE), "rev-parse", "--short", "HEAD")}


def install_node_peer():
    if not (NODE / "node_modules" / "ws").is_dir():
        subprocess.run(["npm", "ci", "--omit=dev", "--silent"], cwd=NODE, check=True)
