# SPDX-License-Identifier: Apache-2.0
"""fleetwire dash against a real relay on a real Kafka."""
import time

import pytest

from harness.waiting import until


@pytest.fixture
def fleet(kafka, corner, relay):
    """A running relay on topics of this test's own."""
    corner.create("iot-events")
    return relay(kafka.address, "--topic-prefix", corner.prefix)


def truck(number, **more):
    return {"device_id": f"TRK-{number:04}", "lat": 30.2 + number / 1000, "lon": -97.7, "speed_kmh": 10 + number, "temp_c": number / 4, **more}


def test_the_five_line_producer_is_on_the_screen_at_once(corner, fleet, screen):
    shown = screen(fleet.url)
    shown.wait("No device has spoken yet")
    start = time.monotonic()
    corner.send("iot-events", [b'{"device_id": 1, "temp": 25.3}'])
    text = shown.wait("25.3")
    took = time.monotonic() - start
    print(f"on the screen after {took * 1000:.0f} ms")
    assert "── Figures" in shown.wait("cargo  mean 25.3 °C")
    assert "── Map" not in text
    assert took < 2


def test_screen_and_rows_agree_on_a_filter(corner, fleet, screen, run):
    corner.send("iot-events", [truck(number) for number in range(60)])
    shown = screen(fleet.url, "--filter", "temp_c > 8 and speed_kmh < 60")
    expected = [f"TRK-{number:04}" for number in range(60) if number / 4 > 8 and 10 + number < 60]
    shown.wait(f"{len(expected)} of 60 vehicles")

    rows = run("dash", "--headless", "--format", "ndjson", "--count", str(len(expected)), "--filter", "temp_c > 8 and speed_kmh < 60", fleet.url)
    assert rows.wait() == 0
    assert [row["device_id"] for row in rows.json()] == expected


def test_sorting_is_the_relays(corner, fleet, screen):
    corner.send("iot-events", [truck(number) for number in range(60)])
    shown = screen(fleet.url)
    shown.wait("60 vehicles")
    shown.keys("2")
    shown.wait("TRK-0000")
    for _ in range(12):
        if "speed, highest first" in shown.text():
            break
        before = shown.text()
        shown.keys(">")
        until(lambda: shown.text() != before, "the order to change")
    assert "speed, highest first" in shown.text()
    until(lambda: shown.text().split("TRK-")[1].startswith("0059"), "the fastest to stand first")


def test_a_filter_that_is_wrong_only_for_the_relay_is_said(fleet, screen):
    shown = screen(fleet.url)
    shown.wait("LIVE")
    shown.keys("/", "in depot-3")
    shown.wait("^")


def test_names_from_a_hostile_device_stay_names(corner, fleet, screen):
    corner.send("iot-events", [truck(1), truck(2, driver="\u202egnp.exe", next_stop="\x1b]0;owned\x07"), {"device_id": "車両" * 20, "speed_kmh": 5}])
    shown = screen(fleet.url, width=200, height=40)
    shown.wait("TRK-0002")
    text = shown.wait("車両車両")
    assert "\u202e" not in text
