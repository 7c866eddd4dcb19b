# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import uuid

import pytest

from harness.ports import free_port
from harness.programs import Program, binary
from harness.real_kafka import RealKafka
from harness.topics import Corner
from harness.waiting import until


@pytest.fixture(scope="session")
def kafka(tmp_path_factory):
    """The one real Kafka of this run. A test that restarts it must leave it running."""
    server = RealKafka(tmp_path_factory.mktemp("kafka"))
    yield server
    server.stop()


@pytest.fixture
def corner(kafka):
    """Topics of this test's own on the real Kafka: corner.prefix goes to --topic-prefix."""
    return Corner(kafka.address, f"t{uuid.uuid4().hex[:8]}.")


def found(program):
    """Our own before the machine's: Debian has a dash too."""
    if os.sep in str(program):
        return program
    try:
        return binary(program)
    except AssertionError:
        if shutil.which(program):
            return program
        raise


@pytest.fixture
def run(tmp_path, request):
    """run(our name, path or command, *arguments): a Program, stopped after the test; what all said is shown when the test fails."""
    started = []

    def start(program, *arguments, **options):
        started.append(Program([found(program), *arguments], tmp_path, **options))
        return started[-1]

    yield start
    for program in reversed(started):
        program.kill()
    outcome = getattr(request.node, "outcome_of_call", None)
    if outcome is not None and outcome.failed:
        for program in started:
            print(program.report())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call":
        item.outcome_of_call = report


@pytest.fixture
def broker(run):
    """broker(*topics): a running `fleetwire broker`; .address is where."""

    def start(*topics, listen="localhost:0"):
        named = [word for topic in topics for word in ("--topic", topic)]
        program = run("broker", "--listen", listen, "--admin-listen", "", *named)
        program.address = program.wait_line("localhost:")
        return program

    return start


@pytest.fixture
def relay(run):
    """relay(kafka_address, *arguments): a relay that is ready; .port, .admin_port, .url."""

    def start(address, *arguments, **options):
        port, admin_port = free_port(), free_port()
        program = run(
            "relay", "--kafka", address, "--listen", f"localhost:{port}", "--admin-listen", f"localhost:{admin_port}",
            *arguments, **options,
        )
        program.port, program.admin_port, program.url = port, admin_port, f"ws://localhost:{port}"
        program.page = f"http://localhost:{port}/"
        until(lambda: http_ok(admin_port, "/readyz", program), f"the relay to be ready\n{program.report()}")
        return program

    return start


@pytest.fixture
def ingest(run):
    """ingest(kafka_address, *arguments, http_port=, mqtt_port=): an ingest that is ready; .http_port, .mqtt_port, .metrics(), .admin_status(path)."""

    def start(address, *arguments, http_port=None, mqtt_port=None, **options):
        http_port, mqtt_port, admin_port = http_port or free_port(), mqtt_port or free_port(), free_port()
        program = run(
            "ingest", "--kafka", address, "--http", f"localhost:{http_port}", "--mqtt", f"localhost:{mqtt_port}",
            "--admin-listen", f"localhost:{admin_port}", *arguments, **options,
        )
        program.http_port, program.mqtt_port = http_port, mqtt_port
        program.admin_status = lambda path: admin(admin_port, path)[0]
        program.metrics = lambda: admin(admin_port, "/metrics")[1]
        until(lambda: http_ok(admin_port, "/readyz", program), f"the ingest to be ready\n{program.report()}")
        return program

    return start


def admin(port, path):
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def http_ok(port, path, program):
    import urllib.error
    import urllib.request

    assert program.is_running(), program.report()
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
