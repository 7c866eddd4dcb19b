# SPDX-License-Identifier: Apache-2.0
"""Devices that break the MQTT standard, by mistake or on purpose: each ends alone, is counted under its reason, and nobody else notices."""
import resource
import socket
from collections import Counter

import pytest

from harness.hostile import V5, Bystander, connect, connected, log_is_fit_for_a_terminal, metric, packet, publish, rss_mib, text
from harness.ingest_clients import Raw
from harness.waiting import until

pytestmark = pytest.mark.sanitized
ENDS, FAULTS = "fleetwire_ingest_mqtt_ends_total", "fleetwire_ingest_mqtt_faults_total"
IN = None  # sent by a client that was let in before

# What is sent (behind a CONNECT where it is IN), how the connection ends, and the fault that is counted.
BROKEN = [
    ("a publish before CONNECT", b"", publish(), "not_connect", None),
    ("a ping before CONNECT", b"", b"\xc0\x00", "not_connect", None),
    ("an HTTP request", b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "not_connect", None),
    ("a TLS ClientHello", b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32), "fault", "flags"),
    ("nothing but zeros", b"", bytes(100), "not_connect", None),
    ("a remaining length of five bytes", b"", b"\x10\x80\x80\x80\x80\x01", "fault", "length"),
    ("a remaining length of 256 MB", b"", b"\x10\xff\xff\xff\x7f", "fault", "too_large"),
    ("a CONNECT with a length that is not as short as can be", b"", connect(version=V5, length=b"\x8e\x00"), "fault", "length"),
    ("a client id that ends too early", b"", packet(0x10, text("MQTT") + b"\x04\x02\x00\x00\x00\x05ab"), "fault", "truncated"),
    ("bytes behind a CONNECT's end", b"", connect(rest=b"xyz"), "fault", "trailing"),
    ("another protocol", b"", connect(name=b"MQTT\x00"), "fault", "text"),
    ("a protocol of that length", b"", connect(name=b"QTTM"), "fault", "protocol_name"),
    ("MQTT 3.1", b"", connect(version=3, name=b"MQIsdp"), "fault", "protocol_version"),
    ("MQTT 6", b"", connect(version=6), "fault", "protocol_version"),
    ("MQTT 255", b"", connect(version=255), "fault", "protocol_version"),
    ("the reserved flag", b"", connect(flags=3), "fault", "connect_flags"),
    ("a will of QoS 3", b"", connect(flags=0x1e, rest=text("a") + text("{}")), "fault", "connect_flags"),
    ("a password without a name", b"", connect(flags=0x42, rest=text("secret")), "fault", "connect_flags"),
    ("no client id and no clean session", b"", connect(client_id=b"", flags=0), "fault", "client_id"),
    ("a surrogate in a client id", b"", connect(client_id=b"a\xed\xa0\x80"), "fault", "text"),
    ("U+0000 in a client id", b"", connect(client_id=b"a\x00b"), "fault", "text"),
    ("an overlong slash in a client id", b"", connect(client_id=b"a\xc0\xaf"), "fault", "text"),
    ("a surrogate in a user name", b"", connect(flags=0x82, rest=text(b"\xed\xbf\xbf")), "fault", "text"),
    ("a client id of 257 bytes", b"", connect(client_id=b"c" * 257), "connect_refused", None),
    ("a second CONNECT", IN, connect(), "second_connect", None),
    ("a wildcard", IN, publish(topic=b"fleet/+/h/telemetry"), "fault", "topic"),
    ("another wildcard", IN, publish(topic=b"fleet/#"), "fault", "topic"),
    ("a topic of bad UTF-8", IN, publish(topic=b"fleet/\xff"), "fault", "text"),
    ("U+0000 in a topic", IN, publish(topic=b"fleet/\x00"), "fault", "text"),
    ("an overlong topic", IN, publish(topic=b"fleet/\xe0\x80\xaf"), "fault", "text"),
    ("no topic", IN, publish(topic=b""), "fault", "no_topic"),
    ("QoS 3", IN, publish(qos=3), "fault", "qos"),
    ("QoS 2", IN, publish(qos=2), "qos", None),
    ("a copy at QoS 0", IN, publish(qos=0, packet_id=None, flags=8), "fault", "dup"),
    ("packet id 0", IN, publish(packet_id=0), "fault", "packet_id"),
    ("a publish that ends inside its topic", IN, packet(0x32, b"\x00\x20fleet"), "fault", "truncated"),
    ("an empty publish", IN, packet(0x30, b""), "fault", "truncated"),
    ("a PUBACK of a client to whom nothing was sent", IN, packet(0x40, b"\x00\x01"), "unexpected", None),
    ("a PUBREC", IN, packet(0x50, b"\x00\x01"), "unexpected", None),
    ("a SUBACK", IN, packet(0x90, b"\x00\x01\x00"), "fault", "direction"),
    ("a CONNACK", IN, packet(0x20, b"\x00\x00"), "fault", "direction"),
    ("a PINGRESP", IN, b"\xd0\x00", "fault", "direction"),
    ("a SUBSCRIBE of nothing", IN, packet(0x82, b"\x00\x01"), "fault", "no_filter"),
    ("a SUBSCRIBE with the wrong flags", IN, packet(0x80, b"\x00\x01" + text("a") + b"\x00"), "fault", "flags"),
    ("a SUBSCRIBE of QoS 3", IN, packet(0x82, b"\x00\x01" + text("a") + b"\x03"), "fault", "subscribe_options"),
    ("a bad filter", IN, packet(0x82, b"\x00\x01" + text("a/#/b") + b"\x00"), "fault", "filter"),
    ("type 0", IN, b"\x00\x00", "fault", "packet_type"),
    ("AUTH in 3.1.1", IN, b"\xf0\x00", "fault", "packet_type"),
    ("a ping with a body", IN, packet(0xc0, b"x"), "fault", "trailing"),
    ("a DISCONNECT with a body in 3.1.1", IN, packet(0xe0, b"\x00"), "fault", "trailing"),
    ("a remaining length of five bytes, later", IN, b"\x30\xff\xff\xff\xff\x01", "fault", "too_large"),
]


@pytest.fixture
def door(corner, ingest):
    corner.create("iot-events", message_timestamp_type="LogAppendTime")
    corner.create("fleet.rejects", partitions=1)
    return ingest(corner.address, "--topic-prefix", corner.prefix)


def test_what_breaks_the_standard_ends_alone_and_is_counted(door):
    bystander = Bystander(door)
    for name, before, sent, end, fault in BROKEN:
        raw = connected(door.mqtt_port, client_id=b"broken") if before is IN else Raw(door.mqtt_port)
        assert raw.send(sent).ends(), name
        raw.close()
        assert bystander.is_served(), name
    wanted = Counter((ENDS, "reason", row[3]) for row in BROKEN) + Counter((FAULTS, "fault", row[4]) for row in BROKEN if row[4])
    counted = until(lambda: (lambda now: now if now >= wanted else None)(Counter({w: metric(door, w[0], **{w[1]: w[2]}) for w in wanted})),
                    "all to be counted", 5)
    assert counted == wanted
    assert log_is_fit_for_a_terminal(door)
    bystander.close()


def test_ten_thousand_bad_packets_do_not_flood_log_or_topic(door, corner):
    bystander = Bystander(door)
    flood = [publish(payload=b"\x1b[2Jnonsense", packet_id=n % 60000 + 1, version=V5) for n in range(10000)]
    raw = connected(door.mqtt_port, client_id=b"\x1b]0;flooder\x07", version=V5)
    for n in range(0, len(flood), 500):
        raw.send(b"".join(flood[n:n + 500]))
        raw.read()
    for _ in range(300):
        assert connected(door.mqtt_port, client_id=b"\x1b[2Jold").send(publish(payload=b"\x1b[2J")).ends()
        assert Raw(door.mqtt_port).send(b"\x00\x00\x1b[2J").ends()
    until(lambda: metric(door, "fleetwire_events_rejected_total", reason="not_json") == 10300, "all to be counted")
    assert bystander.is_served()
    assert log_is_fit_for_a_terminal(door)
    assert "(publish_refused): 127.0.0.1:" in door.log and "client '\\x1b[2Jold'" in door.log, door.log
    assert len(door.talk) < 100, "a line for each"
    left_out = metric(door, "fleetwire_ingest_rejects_left_out_total")
    assert len(corner.read("fleet.rejects", 1)) <= corner.count("fleet.rejects") == 10300 - left_out
    raw.close()
    bystander.close()


def test_two_that_fight_over_a_client_id_for_ever_fight_alone(door, corner):
    bystander = Bystander(door)
    will = text("fleet/north/fighter/telemetry") + text('{"alarm":"lost"}')
    rounds = 200
    last = None
    for n in range(rounds):
        fighter = connected(door.mqtt_port, client_id=b"fighter", flags=0x0e, rest=will)
        fighter.send(publish(payload=b'{"seq":%d}' % n, topic=b"fleet/north/fighter/telemetry"))
        if last:
            assert last.ends()
            last.close()
        last = fighter
    assert last.read() == b"\x40\x02\x00\x01"
    last.close()
    until(lambda: metric(door, ENDS, reason="taken_over") == rounds - 1, "each fight to be counted")
    assert bystander.is_served()
    assert len(door.talk) < 100
    bystander.close()


def test_a_crowd_that_says_nothing_holds_its_places_and_no_more(door):
    bystander = Bystander(door)
    before = rss_mib(door)
    crowd = []
    for _ in range(min(5000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2 - 100)):
        crowd.append(socket.create_connection(("127.0.0.1", door.mqtt_port)))
        crowd.append(socket.create_connection(("127.0.0.1", door.http_port)))
    until(lambda: metric(door, "fleetwire_ingest_connections", door="http") == len(crowd) / 2, "all to be in")
    assert bystander.is_served()
    assert rss_mib(door) - before < len(crowd) * 4 / 1024 + 8
    for each in crowd:
        each.close()
    until(lambda: metric(door, "fleetwire_ingest_connections", door="mqtt") == 1, "all to be gone")
    assert bystander.is_served()
    bystander.close()


def test_the_longest_topic_and_a_packet_in_pieces(door):
    bystander = Bystander(door)
    raw = connected(door.mqtt_port, version=V5)
    answer = raw.send(publish(topic=b"t" * 65535, version=V5)).read()
    assert (answer[0], answer[4]) == (0x40, 0x90)  # read, and told that events go elsewhere
    for byte in publish(packet_id=2, version=V5):
        raw.send(bytes([byte]))
    assert raw.read() == b"\x40\x02\x00\x02"
    assert bystander.is_served()
    raw.close()
    bystander.close()


def test_who_only_half_closes_has_what_he_sent_in_kafka(door, corner):
    raw = connected(door.mqtt_port)
    raw.send(publish(payload=b'{"seq":1}') + b"\xe0\x00")
    raw.socket.shutdown(socket.SHUT_WR)
    assert raw.ends()
    http = Raw(door.http_port).send(b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n" + b'{"device_id":1}')
    http.socket.shutdown(socket.SHUT_WR)
    assert http.read().startswith(b"HTTP/1.1 202 ")
    assert sorted(m.key() for m in corner.read("iot-events", 2)) == [b"default/1", b"north/h"]
