# SPDX-License-Identifier: Apache-2.0
import pytest
from playwright.sync_api import sync_playwright

from little_fleet import LittleFleet
from visit import Visit

QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """visit(relay, size='desk', path=''): the page in a browser of its own. Whatever the test is about, no visit may end
    with an error on the console, a breach of the content policy, or a request to anybody but the relay."""
    visits = []

    def open_page(relay, size="desk", path="", **options):
        context = chromium.new_context(viewport=SIZES[size], has_touch=size == "phone", **options)
        visits.append(Visit(context, relay.page))
        visits[-1].open(path)
        return visits[-1]

    yield open_page
    faults = [fault for v in visits for fault in v.faults]
    for v in visits:
        v.context.close()
    assert not faults, faults


@pytest.fixture
def served(broker, relay):
    """served(*relay arguments): an embedded broker and a relay that serves the page; .kafka is the broker's address."""

    def start(*arguments):
        kafka = broker("iot-events:8")
        program = relay(kafka.address, *arguments)
        program.kafka = kafka.address
        return program

    return start


@pytest.fixture
def fleet():
    """fleet(kafka_address, devices): vehicles that drive around a block, told once a second, until the test ends."""
    running = []

    def start(address, devices=40, **how):
        running.append(LittleFleet(address, devices, **how))
        return running[-1]

    yield start
    for each in running:
        each.stop()
