# SPDX-License-Identifier: Apache-2.0
"""One private Apache Kafka (KRaft, one node) on free ports and in a folder of its own, stopped by its process id."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import uuid

from .ports import free_port
from .programs import SOURCE
from .waiting import until

POM = SOURCE / "tests" / "kafka" / "pom.xml"
LIST = SOURCE / "tests" / "kafka" / "jars.sha256"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies"
START_SECONDS = 90

PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://localhost:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
num.partitions=8
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def _wanted_sums():
    lines = [line.split() for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return {name: digest for digest, name in lines}


def _faults(folder):
    for name, digest in _wanted_sums().items():
        jar = folder / name
        if not jar.is_file():
            yield f"{name} is missing"
        elif hashlib.sha256(jar.read_bytes()).hexdigest() != digest:
            yield f"{name} is not the one that tests/kafka/jars.sha256 names"


def _download(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mvn", "-B", "-q", "-f", str(POM), COPY, f"-DoutputDirectory={folder}", "-DincludeScope=runtime"],
        capture_output=True, text=True,
    )
    assert done.returncode == 0, f"Kafka's jars cannot be had by Maven:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def jars():
    """The folder with exactly the jars that the committed list names, from the user's cache or from Maven."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "fleetwire"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"kafka-{hashlib.sha256(LIST.read_bytes()).hexdigest()[:12]}"
    with open(cache / "kafka.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if list(_faults(folder)):
            _download(folder)
        faults = list(_faults(folder))
        assert not faults, "Kafka's jars: " + "; ".join(faults[:5])
    return folder


class RealKafka:
    def __init__(self, folder, host="localhost", port=None, inside=()):
        """inside: words before the command, to run it in a network of its own."""
        self.folder = pathlib.Path(folder)
        self.host = host
        self.port = port or free_port()
        self.jars = jars()
        self.process = None
        self._inside = list(inside)
        self._properties = self.folder / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(folder=self.folder, host=host, port=self.port, controller_port=free_port())
        )
        self._java("kafka.tools.StorageTool", "format", "-t", uuid.uuid4().hex[:22], "-c", self._properties)
        self.start()

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    def _command(self, main, *arguments):
        options = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=ERROR"]
        return ["java", *options, "-cp", f"{self.jars}/*", main, *map(str, arguments)]

    def _java(self, main, *arguments):
        done = subprocess.run(self._command(main, *arguments), capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0, f"{main}: {done.stdout[-1000:]}{done.stderr[-2000:]}"

    def start(self):
        with open(self.folder / "kafka.log", "ab") as log:
            self.process = subprocess.Popen(
                [*self._inside, *self._command("kafka.Kafka", self._properties)], stdout=log, stderr=log, cwd=self.folder
            )
        try:
            until(self._is_ready, f"Kafka at {self.address}; see {self.folder}/kafka.log", START_SECONDS, every=0.1)
        except BaseException:
            self.stop(signal.SIGKILL)
            raise

    def _is_ready(self):
        assert self.process.poll() is None, f"Kafka ended: {(self.folder / 'kafka.log').read_text()[-2000:]}"
        asked = [*self._inside, "kcat", "-b", self.address, "-L", "-m", "2"]
        return subprocess.run(asked, capture_output=True).returncode == 0

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process:
            self.process.wait()
