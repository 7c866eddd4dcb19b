# SPDX-License-Identifier: Apache-2.0
"""Who may come in, and what HTTP serves."""
import http.client
import json
import urllib.parse

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from harness.relay_clients import Client, Firehose, metrics

pytestmark = pytest.mark.sanitized


@pytest.fixture
def served(broker, relay):
    return relay(broker("iot-events:2").address, "--allow-origin", "https://maps.example", "--public-host", "fleet.example")


def get(program, path, method="GET", **headers):
    connection = http.client.HTTPConnection("localhost", program.port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_the_page_and_its_files(served):
    for path, kind in (("/", "text/html"), ("/fleetwire.js", "text/javascript"), ("/protocol", "application/schema+json"),
                       ("/vendor/leaflet/leaflet.esm.js", "text/javascript"), ("/vendor/leaflet/leaflet.css", "text/css"),
                       ("/vendor/chart.js/chart.esm.js", "text/javascript")):
        status, headers, body = get(served, path)
        assert status == 200 and body, path
        assert headers["Content-Type"].startswith(kind), path
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_known_is_not_sent_again(served):
    _, headers, _ = get(served, "/")
    status, _, body = get(served, "/", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize("path", [
    "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/vendor/../../../etc/passwd", "//etc/passwd", "/meson.build", "/package.json",
    "/.git/config", "/vendor/leaflet/", "/meson.build%00.js",
])
def test_no_path_leads_elsewhere(served, path):
    try:
        status, _, _ = get(served, path)
    except http.client.RemoteDisconnected:  # libwebsockets answers some of these by closing
        return
    assert status in (400, 403, 404)


def test_the_schema_reserves_what_is_kept_for_later(served):
    schema = json.loads(get(served, "/protocol")[2])
    assert {"history", "command", "seek"} <= set(schema["reserved"]["ops"])
    assert {"token", "since"} <= set(schema["reserved"]["keys"])


def test_a_foreign_host_is_refused_and_the_log_names_the_option(served):
    assert get(served, "/", Host="evil.example")[0] == 421
    served.wait_log("--public-host")
    assert get(served, "/", Host="fleet.example")[0] == 200
    assert get(served, "/", Host=f"127.0.0.1:{served.port}")[0] == 200
    assert metrics(served)['fleetwire_relay_doors_closed_total{door="host"}'] == 1


def test_a_foreign_page_is_refused_and_the_log_names_the_option(served):
    for origin in ("https://evil.example", "null"):
        with pytest.raises(InvalidStatus) as refused:
            connect(served.url, origin=origin)
        assert refused.value.response.status_code == 403
    served.wait_log("--allow-origin")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:9", "https://maps.example", None])
def test_a_page_of_this_host_or_an_allowed_one_may_connect(served, origin):
    Firehose(served.url, **({"origin": origin} if origin else {})).close()


def test_an_unknown_subprotocol_is_told_ours(served):
    with pytest.raises(InvalidStatus) as refused:
        connect(served.url, subprotocols=["graphql-ws"])
    assert refused.value.response.status_code == 400
    assert b"fleetwire.v1+json" in refused.value.response.body


def test_ours_is_taken_among_others(served):
    with connect(served.url, subprotocols=["mqtt", "fleetwire.v1+json"]) as socket:
        assert socket.subprotocol == "fleetwire.v1+json"
        assert json.loads(socket.recv(timeout=10))["op"] == "hello"


def test_stopping_says_bye(served):
    client = Client(served.url)
    client.wait_said("hello")
    served.process.terminate()
    assert client.wait_said("bye")["reason"] == "shutdown"
    assert served.process.wait(10) == 0


def test_a_port_in_use_is_a_sentence(served, run):
    second = run("relay", "--kafka", "localhost:1", "--listen", f"localhost:{served.port}", "--admin-listen", "")
    assert second.wait() == 69
    assert str(served.port) in second.log and "in use" in second.log


def test_without_a_broker_it_serves_and_says_so(run):
    from harness.ports import free_port

    port, admin = free_port(), free_port()
    program = run("relay", "--kafka", "localhost:1", "--listen", f"localhost:{port}", "--admin-listen", f"localhost:{admin}")
    program.wait_log("not reachable")
    program.port = port
    assert get(program, "/")[0] == 200
    parts = urllib.parse.urlsplit(f"http://localhost:{admin}/readyz")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", parts.path)
    assert connection.getresponse().status == 503
