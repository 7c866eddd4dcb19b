# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the Kafka broker, then of the ingest, under load of both doors. `./dev soak ingest` does it ten times each."""
import signal

import pytest

from harness.hostile import metric
from harness.ingest_trial import Load, judge
from harness.real_kafka import RealKafka
from harness.topics import Corner

pytestmark = pytest.mark.sanitized


@pytest.fixture
def kafka_to_kill(tmp_path_factory):
    kafka = RealKafka(tmp_path_factory.mktemp("kafka"))
    yield kafka
    kafka.stop()


@pytest.mark.waits
def test_what_was_acknowledged_is_stored_though_either_is_killed(kafka_to_kill, ingest):
    corner = Corner(kafka_to_kill.address, "")
    corner.create("iot-events", partitions=4)
    door = ingest(kafka_to_kill.address)
    load = Load(door.http_port, door.mqtt_port)
    load.wait_acked(500)
    kafka_to_kill.stop(signal.SIGKILL)
    kafka_to_kill.start()
    load.wait_acked(500)
    assert metric(door, "fleetwire_ingest_events_failed_total", door="mqtt") == 0  # they waited for it
    door.kill()
    ingest(kafka_to_kill.address, http_port=door.http_port, mqtt_port=door.mqtt_port)
    load.wait_acked(500)
    load.finish()
    verdict = judge(load, corner.read("iot-events", corner.count("iot-events")))
    assert verdict.holds(), verdict
