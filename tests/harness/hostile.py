# SPDX-License-Identifier: Apache-2.0
"""What no library would send, byte by byte, and what an operator sees of it."""
import pathlib
import re
import resource
import socket

from .ingest_clients import Device, Raw
from .waiting import until

V4, V5 = 4, 5


def text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return len(data).to_bytes(2, "big") + data


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def packet(first, body, length=None):
    """length: other bytes than those that are right."""
    return bytes([first]) + (varint(len(body)) if length is None else length) + body


def connect(client_id=b"h", version=V4, flags=2, keep_alive=0, name=b"MQTT", rest=b"", properties=b"", length=None):
    props = varint(len(properties)) + properties if version == V5 else b""
    body = text(name) + bytes([version, flags]) + keep_alive.to_bytes(2, "big") + props + text(client_id) + rest
    return packet(0x10, body, length)


def publish(topic=b"fleet/north/h/telemetry", payload=b"{}", packet_id=1, qos=1, flags=0, version=V4, length=None):
    ident = b"" if packet_id is None else packet_id.to_bytes(2, "big")
    return packet(0x30 | qos << 1 | flags, text(topic) + ident + (b"\0" if version == V5 else b"") + payload, length)


def connected(port, **options):
    """A raw client that was let in."""
    raw = Raw(port).send(connect(**options))
    answer = raw.read()
    assert answer[:1] == b"\x20" and answer[3] == 0, answer
    return raw


def metric(program, name, **labels):
    """The value of that sample now; 0 when there is none."""
    wanted = name + ("{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}" if labels else "")
    found = re.search(rf"^{re.escape(wanted)} (\S+)$", program.metrics(), re.M)
    return float(found.group(1)) if found else 0


def wait_metric(program, count, name, **labels):
    until(lambda: metric(program, name, **labels) >= count, f"{name}{labels} to be {count} (is {metric(program, name, **labels)})")


def rss_mib(program):
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def peak_mib(program):
    status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def is_sanitized(program):
    """Then memory says nothing: it is kept for a while after it was freed."""
    return bool(re.search(r"lib(asan|tsan)|_san", pathlib.Path(f"/proc/{program.process.pid}/maps").read_text()))


def cpu_seconds(program):
    words = pathlib.Path(f"/proc/{program.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / 100


class Bystander:
    """A device that means well: what the others do must not reach it."""

    def __init__(self, program, device_id="bystander"):
        self.device = Device(program.mqtt_port, device_id, 5)
        self.n = 0

    def is_served(self):
        self.n += 1
        self.device.publish({"seq": self.n})
        self.device.wait_acked(self.n)
        assert [reason.value for reason in self.device.reasons[-1:]] == [0] and not self.device.ends
        return True

    def close(self):
        self.device.close()


def log_is_fit_for_a_terminal(program):
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", program.log), program.log
    return True


def small_buffers(port, size=4096):
    """A socket into which little fits, for clients that do not read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    sock.settimeout(30)
    sock.connect(("127.0.0.1", port))
    return sock


def leave_descriptors(program, count):
    """From now on it may open that many more."""
    pid = program.process.pid
    limit = len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())) + count
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limit))
