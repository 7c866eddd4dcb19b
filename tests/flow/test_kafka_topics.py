# SPDX-License-Identifier: Apache-2.0
"""fleetwire topics, against a real Kafka and the embedded broker."""


def topics(run, address, verb, *arguments):
    program = run("topics", "--kafka", address, *arguments, verb)
    return program.wait(), program


def test_apply_makes_what_check_wants(run, kafka, corner):
    prefix = ("--topic-prefix", corner.prefix)
    status, program = topics(run, kafka.address, "check", *prefix)
    assert status == 1
    assert len([line for line in program.lines if "missing" in line]) == 9

    assert topics(run, kafka.address, "apply", *prefix)[0] == 0
    status, program = topics(run, kafka.address, "check", *prefix)
    assert (status, program.lines) == (0, [])
    assert topics(run, kafka.address, "apply", *prefix)[0] == 0


def test_check_says_what_differs_and_what_it_means(run, kafka, corner):
    corner.create("iot-events", partitions=4, retention_ms=1000)
    status, program = topics(run, kafka.address, "check", "--topic-prefix", corner.prefix)
    said = "\n".join(line for line in program.lines if "iot-events" in line)
    assert status == 1
    assert "4 partitions, not 8" in said
    assert "retention.ms is 1000" in said
    assert "message.timestamp.type is CreateTime" in said and "producer's claim" in said


def test_print_needs_no_broker(run):
    status, program = topics(run, "localhost:1", "print")
    assert status == 0
    assert program.lines[0].startswith("iot-events 8 ")
    assert len(program.lines) == 9


def test_no_broker_is_said(run):
    status, program = topics(run, "localhost:1", "apply", "--timeout", "500ms")
    assert status == 69
    assert "no Kafka broker answers at 'localhost:1'" in program.log and "fleetwire broker" in program.log


def test_embedded_broker_cannot_make_topics_and_says_how(run, broker):
    embedded = broker("iot-events:8")
    status, program = topics(run, embedded.address, "apply")
    assert status == 69
    assert "--topic NAME:PARTITIONS" in program.log


def test_no_verb_is_a_usage_error(run):
    program = run("topics")
    assert program.wait() == 64
    assert "print, apply or check" in program.log
