# SPDX-License-Identifier: Apache-2.0
"""fleetwire dash in real terminals, against a relay of canned messages."""
import csv
import io
import json
import os
import re
import signal
import time

import pytest

from harness.ports import free_port
from harness.programs import binary
from harness.terminal import PLAIN, UTF8
from harness.waiting import until

IDS = [f"TRK-{number:04}" for number in range(100, 140)]


def check_left_clean(screen, folder, status):
    screen.wait(f"left={status}")
    until(lambda: (folder / "after").exists() and (folder / "after").read_text(), "the terminal's settings")
    assert (folder / "after").read_text() == (folder / "before").read_text()
    assert "TRK-" not in screen.text()


@pytest.mark.parametrize("width, height", [(40, 12), (80, 24), (100, 30), (200, 60)])
def test_vehicles_move_and_q_leaves_no_trace(canned, screen, tmp_path, width, height):
    shown = screen(canned().url, width=width, height=height)
    first = shown.wait("TRK-0101")
    assert "LIVE" in first
    until(lambda: shown.text() != first, "something to move")
    until(lambda: len(re.findall(r"^.*\d.*$", shown.text(), re.M)) >= height // 2, "half of the lines to hold figures")
    shown.keys("q")
    check_left_clean(shown, tmp_path, 0)


@pytest.mark.parametrize("how, status", [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, 139), (signal.SIGABRT, 134)])
def test_the_terminal_comes_back_whatever_ends_it(canned, screen, tmp_path, how, status):
    shown = screen(canned().url)
    shown.wait("TRK-0101")
    for process in shown.process_ids("fleetwire-dash"):
        os.kill(process, how)
    check_left_clean(shown, tmp_path, status)


def test_a_resize_needs_no_key(canned, screen):
    shown = screen(canned().url)
    shown.wait("── Map")
    shown.resize(44, 14)
    until(lambda: "── Map" not in shown.text() and "TRK-0101" in shown.text(), "the small layout")
    shown.resize(140, 40)
    shown.wait("── Map")


def test_a_resize_while_it_was_stopped_is_seen(canned, screen):
    shown = screen("--norc", "-i", program="bash", env={**UTF8, "PS1": "$ "})
    shown.wait("$")
    shown.keys(f"{binary('dash')} {canned().url}", "Enter")
    shown.wait("── Map")
    shown.keys("C-z")
    shown.wait("Stopped")
    shown.resize(140, 30)
    shown.keys("fg", "Enter")
    until(lambda: any(len(line) > 120 for line in shown.text().splitlines()), "lines of the new length")


def test_only_ascii_reaches_a_terminal_that_takes_no_more(canned, wire):
    program = wire(canned(["Zürich ▲ 車", "TRK-0101"]).url, env=PLAIN)
    until(lambda: b"TRK-0101" in program.bytes and b"LIVE" in program.bytes, "the screen")
    program.send(b"?")
    until(lambda: b"Keys and signs" in program.bytes, "the help")
    program.send(b"q")
    assert program.wait() == 0
    assert max(program.bytes) < 0x80


def test_names_cannot_speak_to_the_terminal(canned, wire):
    hostile = ["\x1b]0;owned\x07", "\x1b[2J\x1b[31mred", "\x9b2Jcsi", "bell\x07bell", "\u202egnp.exe", "line\nbreak"]
    program = wire(canned(["TRK-0100", "TRK-0101", *hostile]).url)
    until(lambda: b"TRK-0101" in program.bytes and b"gnp.exe" in program.bytes, "the rows")
    program.send(b"q")
    assert program.wait() == 0
    sent = bytes(program.bytes)
    assert b"\x1b]" not in sent and b"\x07" not in sent and b"\x9b2J" not in sent
    assert "\u202e".encode() not in sent and b"\x1b[31mred" not in sent


def test_a_quiet_screen_costs_few_bytes(canned, wire):
    program = wire(canned().url)
    until(lambda: b"TRK-0101" in program.bytes, "the screen")
    before, start = len(program.bytes), time.monotonic()
    until(lambda: time.monotonic() - start > 4, "four seconds to pass")
    per_second = (len(program.bytes) - before) / (time.monotonic() - start)
    program.send(b"q")
    assert program.wait() == 0
    print(f"{per_second:.0f} bytes per second")
    assert per_second < 8000  # 40 vehicles, all of them changing twice a second


def test_no_relay_is_said_and_mended(canned, screen):
    port = free_port()
    shown = screen(f"ws://127.0.0.1:{port}")
    shown.wait("NO RELAY")
    assert "fleetwire demo" in shown.text()
    relay = canned(port=port)
    shown.wait("TRK-0101", seconds=40)
    assert "LIVE" in shown.text()
    relay.stop()
    gone = shown.wait("NO RELAY")
    assert "showing" in gone and "TRK-0101" in gone


def test_no_color_means_no_colour(canned, screen):
    shown = screen(canned().url, env={**UTF8, "NO_COLOR": "1"})
    shown.wait("TRK-0101")
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38;5|48;5)", shown.text(with_styles=True))
    coloured = screen(canned().url)
    coloured.wait("TRK-0101")
    assert re.search(r"\x1b\[[0-9;]*38;5", coloured.text(with_styles=True))


def test_a_dead_terminal_ends_it(canned, wire):
    program = wire(canned().url)
    until(lambda: b"TRK-0101" in program.bytes, "the screen")
    program.hang_up()
    assert program.wait() == 0


def test_filter_detail_and_help_at_the_keyboard(canned, screen):
    relay = canned()
    shown = screen(relay.url)
    shown.wait("TRK-0101")
    shown.keys("/", "temp_c >> 8")
    shown.wait("^")
    shown.keys("C-u", "temp_c > 3", "Enter")
    shown.wait("/ temp_c > 3")
    until(lambda: any(asked.get("where") == "temp_c > 3" for asked in relay.asked), "the relay to be asked")
    shown.keys("Enter")
    shown.wait("── History")
    shown.keys("Escape")
    until(lambda: "── History" not in shown.text(), "the list")
    shown.keys("?")
    shown.wait("Keys and signs")


def test_what_is_no_terminal_is_told_what_to_do(canned, run, wire):
    program = run("dash", canned().url)
    assert program.wait() == 69
    assert "--headless" in program.log
    dumb = wire(canned().url, env={**UTF8, "TERM": "dumb"})
    assert dumb.wait() == 69
    until(lambda: b"TERM=xterm-256color" in dumb.bytes, "the advice")
    unknown = wire(canned().url, env={**UTF8, "TERM": "no-such-terminal"})
    assert unknown.wait() == 69
    until(lambda: b"no-such-terminal" in unknown.bytes, "the advice")


def test_rows_without_a_screen(canned, run):
    relay = canned()
    program = run("dash", "--headless", "--format", "csv", relay.url)
    assert program.wait() == 0
    rows = list(csv.DictReader(io.StringIO("\n".join(program.lines))))
    assert [row["device_id"] for row in rows] == IDS
    assert rows[1]["severity"] == "critical" and rows[1]["reasons"] == "temp_high" and rows[1]["temp_c"] == "4.5"

    program = run("dash", "--headless", "--format", "json", "--filter", "temp_c > 3", relay.url)
    assert program.wait() == 0
    assert [row["device_id"] for row in json.loads("\n".join(program.lines))] == IDS
    assert relay.asked[-1]["where"] == "temp_c > 3"

    program = run("dash", "--headless", "--format", "ndjson", "--count", "90", relay.url)
    assert program.wait() == 0
    assert len(program.json()) == 90


def test_wrong_options_say_what_is_right(run):
    for arguments, words in [
        (["--filter", "temp_c >> 3"], ["--filter", "^"]),
        (["--view", "maps"], ["overview, table, map or chart"]),
        (["--headless", "--format", "xml"], ["json, csv or ndjson"]),
        (["http://localhost"], ["ws://"]),
    ]:
        program = run("dash", *arguments)
        assert program.wait() == 64, program.log
        assert all(word in program.log for word in words), program.log


def test_no_relay_without_a_screen(run):
    program = run("dash", "--headless", f"ws://127.0.0.1:{free_port()}")
    assert program.wait() == 69
    assert "No relay at" in program.log and "fleetwire demo" in program.log
