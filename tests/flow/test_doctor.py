# SPDX-License-Identifier: Apache-2.0
"""fleetwire doctor, against a real Kafka, the embedded broker, and nothing at all."""
import socket

from harness.ports import free_port


def traccar(number):
    return {
        "position": {
            "deviceId": number, "fixTime": "2024-05-01T10:00:00.000+00:00", "valid": True,
            "latitude": 30.27, "longitude": -97.74, "speed": 21.6, "course": 181.0,
            "attributes": {"batteryLevel": 87.0, "ignition": True},
        },
        "device": {"uniqueId": f"86000{number}", "name": f"Van {number}"},
    }


def test_foreign_topic_gets_fields_that_read_it(run, kafka, corner, tmp_path):
    corner.create("positions", partitions=1)
    corner.send("positions", [traccar(n) for n in range(120)] + [b"not json"])
    doctor = run("doctor", "--kafka", kafka.address, "--topic-prefix", corner.prefix, "--topic", "positions")
    assert doctor.wait() == 0
    assert "speed_kmh = position.speed * 1.852" in doctor.lines
    assert "device_id = device.uniqueId" in doctor.lines
    assert "of another kind: 1)" in doctor.lines[0] and doctor.lines[0].startswith("# 100 records of")
    assert "# with this section 99 of 99 are read" in doctor.lines

    fields = tmp_path / "fields.conf"
    fields.write_text("\n".join(doctor.lines) + "\n")
    relay = run(
        "relay", "--kafka", kafka.address, "--topic-prefix", corner.prefix, "--fields", fields,
        "--listen", f"localhost:{free_port()}", "--admin-listen", "", "--dump-config",
    )
    assert relay.wait() == 0, relay.log


def test_empty_and_missing_topics_are_said(run, kafka, corner):
    corner.create("empty", partitions=1)
    prefix = ("--kafka", kafka.address, "--topic-prefix", corner.prefix, "--timeout", "5s")
    doctor = run("doctor", *prefix, "--topic", "empty")
    assert doctor.wait() == 69
    assert "holds no records yet" in doctor.log
    doctor = run("doctor", *prefix, "--topic", "nowhere")
    assert doctor.wait() == 69
    assert "no topic" in doctor.log


def test_a_healthy_machine(run, broker):
    embedded = broker("iot-events:8")
    doctor = run("doctor", "--kafka", embedded.address, "--relay", f"localhost:{free_port()}")
    doctor.wait()
    said = "\n".join(doctor.lines)
    assert f"{embedded.address} answers" in said
    assert "'iot-events' with 8 partitions" in said
    assert "librdkafka" in said and "libwebsockets" in said
    assert not any(line.startswith("wrong") and "Kafka" in line for line in doctor.lines)


def test_what_is_wrong_comes_with_advice(run):
    with socket.create_server(("localhost", 0)) as squatter:
        port = squatter.getsockname()[1]
        doctor = run(
            "doctor", "--kafka", "localhost:1", "--timeout", "1s", "--relay", f"localhost:{port}",
            env={"LC_ALL": "C", "TERM": "no-such-terminal"},
        )
        assert doctor.wait() == 1
    said = "\n".join(doctor.lines)
    assert f"another program holds localhost:{port}" in said and "--listen localhost:PORT" in said
    assert "no Kafka broker answers at 'localhost:1'" in said and "fleetwire broker" in said
    assert "export LC_ALL=C.UTF-8" in said
