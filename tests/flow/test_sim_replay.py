# SPDX-License-Identifier: Apache-2.0
"""Recorded tracks from CSV files, as people have them."""
import json
from collections import defaultdict

from harness.programs import SOURCE

BUSES = SOURCE / "data" / "tracks" / "austin-buses.csv"


def replay(run, file, *arguments):
    program = run("sim", "--stdout", "--replay", file, *arguments)
    return program.wait(), program


def test_the_buses_report_about_every_three_seconds_at_40x(run):
    status, program = replay(run, BUSES, "--fast", "--speedup", "40", "--start", "2026-03-02T14:00:00Z")
    assert status == 0
    events = program.json()
    assert len(events) == 8919
    assert [e["ts_ms"] for e in events] == sorted(e["ts_ms"] for e in events)
    by_bus = defaultdict(list)
    for event in events:
        assert event["origin"] == "replay"
        by_bus[event["device_id"]].append(event)
    assert len(by_bus) == 125
    gaps = sorted(b["ts_ms"] - a["ts_ms"] for bus in by_bus.values() for a, b in zip(bus, bus[1:]))
    assert 2500 < gaps[len(gaps) // 2] < 3500
    for bus in by_bus.values():
        assert [e["seq"] for e in bus] == list(range(1, len(bus) + 1))
    assert events[0]["ts_ms"] == 1772460000000 and events[0]["ts_recorded_ms"] < 1442000000000
    assert 30 < max(e["speed_kmh"] for e in events) < 130


def test_the_original_file_needs_only_a_mapping(run, tmp_path):
    """Dots and spaces in names, a unit to convert, RFC 3339 times, not sorted."""
    (tmp_path / "day.csv").write_text(
        "vehicle_id,timestamp,speed,route id,gps.lat,gps.lon\n"
        "2204,2015-09-06T01:18:07-05:00,10.0,485,30.268274,-97.743286\n"
        "2204,2015-09-06T01:16:07-05:00,0.0,485,30.2691,-97.74246\n"
    )
    mapping = "device_id=vehicle_id,ts=timestamp,speed_kmh=speed*1.609344,trip=route id,lat=gps.lat,lon=gps.lon"
    status, program = replay(run, tmp_path / "day.csv", "--fast", "--keep-time", "--map", mapping)
    assert status == 0
    assert program.json() == [
        {"device_id": "2204", "ts_ms": 1441520167000, "seq": 1, "lat": 30.2691, "lon": -97.74246, "speed_kmh": 0, "trip": "485", "origin": "replay"},
        {"device_id": "2204", "ts_ms": 1441520287000, "seq": 2, "lat": 30.268274, "lon": -97.743286, "speed_kmh": 16.09344, "trip": "485", "origin": "replay"},
    ]


def test_a_broken_file_says_where(run, tmp_path):
    (tmp_path / "bad.csv").write_bytes(
        b"device_id,ts,lat,lon\r\na,1441520167000,30,-97\na,1441520168000,30\ra,noon,30,-97\r\na,1441520169000,NaN,-97\n\xff\xfe,1441520170000,1,1\n"
    )
    status, program = replay(run, tmp_path / "bad.csv", "--fast")
    assert status == 0
    assert [e.get("lat") for e in program.json()] == [30, None]
    for line in (3, 4, 6):
        assert f"line {line}:" in program.log
    assert "1 cells" in program.log


def test_a_missing_column_is_named_with_the_nearest(run, tmp_path):
    (tmp_path / "day.csv").write_text("vehicle_id,timestamp\n1,1441520167000\n")
    status, program = replay(run, tmp_path / "day.csv", "--map", "device_id=vehicle_id,ts=time_stamp")
    assert status == 65
    assert "'time_stamp'" in program.log and "did you mean 'timestamp'" in program.log


def test_a_file_that_is_not_there_is_said(run, tmp_path):
    status, program = replay(run, tmp_path / "nothing.csv")
    assert status == 69
    assert "nothing.csv" in program.log


def test_buses_beside_simulated_vehicles_count_together(run, broker):
    embedded = broker("iot-events:8")
    program = run("sim", "--kafka", embedded.address, "--devices", "30", "--seconds", "3", "--replay", BUSES, "--speedup", "40", "--repeat", "--admin-listen", "")
    assert program.wait() == 0
    closing = json.loads(program.lines[-1])
    assert closing["devices"] == 155
    assert closing["produced"] >= 60
