# SPDX-License-Identifier: Apache-2.0
"""What the simulator says, judged by an independent program from its output and its roads."""
import json
import subprocess
import time

import pytest

from check_sim import judge
from harness.programs import binary

HOUR = ("--stdout", "--fast", "--devices", "300", "--seconds", "3600", "--start", "2026-03-02T14:00:00Z")


def simulate(folder, name, *arguments):
    out = folder / name
    with open(out, "wb") as file:
        began = time.monotonic()
        subprocess.run([binary("sim"), *HOUR, *arguments], stdout=file, check=True, timeout=120)
    return out, time.monotonic() - began


def roads_of(folder, *arguments):
    roads = folder / "roads.geojson"
    subprocess.run([binary("sim"), "--roads", roads, *arguments], check=True, timeout=60)
    return json.loads(roads.read_text())


@pytest.mark.parametrize("world", [("--seed", "1"), ("--seed", "20", "--place", "48.137,11.575")])
def test_an_hour_of_300_vehicles_holds_before_physics_and_the_map(tmp_path, world):
    events, _ = simulate(tmp_path, "events", *world)
    with open(events, "rb") as lines:
        found, faults = judge(lines, roads_of(tmp_path, *world))
    assert not faults, "\n".join(faults)
    assert found["devices"] == 300
    assert found["events"] > 300 * 1200 * 0.98
    assert found["minutes"] > 300 * 50


def test_an_hour_takes_seconds_and_is_the_same_twice(tmp_path):
    first, seconds = simulate(tmp_path, "first")
    second, _ = simulate(tmp_path, "second")
    assert seconds < 10
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "spoil, fault",
    [
        (lambda event: event.update(speed_kmh=event["speed_kmh"] + 30), "accelerations_bad"),
        (lambda event: event.update(door=True, speed_kmh=max(event["speed_kmh"], 3.1)), "door_bad"),
        (lambda event: event.update(lat=event["lat"] + 0.2), "off_road"),
        (lambda event: event.update(lon=event["lon"] + 0.0007), "minutes_bad"),
        (lambda event: event.update(seq=1), "seq_bad"),
    ],
)
def test_the_judge_sees_one_spoiled_event(tmp_path, spoil, fault):
    roads = roads_of(tmp_path)
    out = subprocess.run(
        [binary("sim"), "--stdout", "--fast", "--devices", "3", "--seconds", "600", "--start", "0"],
        capture_output=True, check=True, timeout=60,
    ).stdout.splitlines()
    event = json.loads(out[300])
    spoil(event)
    out[300] = json.dumps(event)
    _, faults = judge(out, roads)
    assert any(fault in line for line in faults), faults


def test_a_reader_that_has_enough_ends_the_run(tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {binary('sim')} --stdout --fast --devices 50 | head -n 1000 | wc -l"],
        capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.stdout.strip() == "1000"
    assert "Broken pipe" not in done.stderr and "error" not in done.stderr
