# SPDX-License-Identifier: Apache-2.0
"""Traccar's forwarded positions, as they stand in a topic, seen by a client of the relay through data/fields/traccar.conf."""
import json
import time
from datetime import datetime, timezone

from websockets.sync.client import connect

from harness.programs import SOURCE


def forwarded(unique_id, knots, **attributes):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return {
        "position": {
            "id": 71, "deviceId": 3, "protocol": "osmand", "serverTime": now, "deviceTime": now, "fixTime": now, "valid": True,
            "latitude": 30.2672, "longitude": -97.7431, "altitude": 149.0, "speed": knots, "course": 181.0, "address": None,
            "accuracy": 5.0, "network": None, "attributes": {"totalDistance": 1200345.5, "motion": True, **attributes},
        },
        "device": {"id": 3, "name": "Van 3", "uniqueId": unique_id, "status": "online", "category": None, "attributes": {}},
    }


def fleet_row(url, device_id, deadline):
    with connect(url, subprotocols=["fleetwire.v1+json"]) as client:
        client.send(json.dumps({"op": "subscribe", "id": 1, "channel": "fleet", "interval_ms": 100}))
        while time.monotonic() < deadline:
            message = json.loads(client.recv(timeout=30))
            for row in message.get("rows", []) + message.get("set", []):
                if row["device_id"] == device_id:
                    return row
    raise AssertionError(f"no row of {device_id}")


def test_a_forwarded_position_is_a_row_in_our_units(kafka, corner, relay):
    corner.create("iot-events")
    program = relay(kafka.address, "--topic-prefix", corner.prefix, "--fields", str(SOURCE / "data" / "fields" / "traccar.conf"))
    corner.send("iot-events", [forwarded("860001", 21.6, ignition=True, batteryLevel=87)])
    row = fleet_row(program.url, "860001", time.monotonic() + 30)
    assert (row["lat"], row["lon"]) == (30.2672, -97.7431)
    assert abs(row["speed_kmh"] - 21.6 * 1.852) < 1e-6
    assert row["heading_deg"] == 181 and row["ignition"] is True and row["battery_pct"] == 87
    assert abs(row["odometer_km"] - 1200.3455) < 1e-6
    assert row["status"] == "moving"
