# SPDX-License-Identifier: Apache-2.0
"""No limit is silent: what happens beyond it, and what counts it. Those of one request are in tests/unit/relay."""
import pytest

from harness.relay_clients import Client, wait_metric

pytestmark = pytest.mark.sanitized


@pytest.fixture
def limited(broker, relay):
    """limited(*options): a relay on a broker of its own, which is .broker; it takes .send(values)."""
    def start(*options):
        kafka = broker("iot-events:1")
        return relay(kafka.address, *options)

    return start


def test_a_full_ring_is_counted_and_the_client_converges(corner, relay):
    corner.create("iot-events", partitions=1)
    served = relay(corner.address, "--topic-prefix", corner.prefix, "--ring-slots", "2")
    client = Client(served.url)
    channels = [client.ask(channel="fleet", interval_ms=100, where=f"temp_c > {-n}") for n in range(8)]
    for temp in (1, 2, 3):
        corner.send("iot-events", [{"device_id": 1, "temp_c": temp}])
        for ch in channels:
            client.wait_rows(ch, lambda rows: rows.get(("default", "1"), {}).get("temp_c") == temp, f"{temp} degrees")
    wait_metric(served, "fleetwire_relay_rings_full_total", 1)
