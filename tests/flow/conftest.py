# SPDX-License-Identifier: Apache-2.0
import uuid

import pytest

from harness.canned_relay import CannedRelay
from harness.ports import free_port
from harness.programs import binary
from harness.terminal import UTF8, Screen, Wire

IDS = [f"TRK-{number:04}" for number in range(100, 140)]


@pytest.fixture
def canned():
    """canned(ids, port): a relay of canned messages."""
    relays = []

    def start(ids=IDS, port=None):
        relays.append(CannedRelay(port or free_port(), ids))
        return relays[-1]

    yield start
    for relay in relays:
        relay.stop()


@pytest.fixture
def screen(tmp_path):
    """screen(*arguments): fleetwire dash, or another program, in a terminal of that size."""
    screens = []

    def start(*arguments, program=None, width=100, height=30, env=UTF8):
        environment = {**env, "XDG_CONFIG_HOME": str(tmp_path)}
        screens.append(Screen(f"fw{uuid.uuid4().hex[:8]}", [program or binary("dash"), *arguments], tmp_path, width, height, environment))
        return screens[-1]

    yield start
    for each in screens:
        each.close()


@pytest.fixture
def wire(tmp_path):
    """wire(*arguments): fleetwire dash on a pty, for the bytes."""
    def start(*arguments, env=UTF8, **options):
        return Wire([binary("dash"), *arguments], {**env, "XDG_CONFIG_HOME": str(tmp_path)}, **options)

    return start
