# SPDX-License-Identifier: Apache-2.0
"""./dev bench ingest [SCENARIO ...] [--runs N] [--out FILE]: our ingest beside a Go peer that makes the same promise.

The peer (tests/bench/go: net/http and mochi-mqtt in front of franz-go) answers only after acks=all too, with the same linger,
and checks nothing of what it is sent. Events per CPU-second of the server alone; runs are interleaved, figures are medians.
"""
import argparse
import datetime
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from bench import PROGRAMS, SOURCE, Bench, cpu_seconds, machine, memory_kb, sleep_until_us  # noqa: E402
from harness.ports import free_port, listens  # noqa: E402
from harness.programs import Program, binary  # noqa: E402
from harness.waiting import until  # noqa: E402

PEER = SOURCE / "tests" / "bench" / "go"
LINGER = "2ms"
EXIT_UNAVAILABLE = 69


def say(text):
    print(text, file=sys.stderr, flush=True)


def build_peer(folder):
    """The peer's binary; ends the bench with 69 where the machine's Go is missing or too old."""
    wanted = re.search(r"^go ([\d.]+)", (PEER / "go.mod").read_text(), re.M)[1]
    try:
        found = re.search(r"go([\d.]+)", subprocess.run(["go", "version"], capture_output=True, text=True, check=True).stdout)[1]
    except (OSError, subprocess.CalledProcessError):
        found = "0"
    if tuple(map(int, found.split("."))) < tuple(map(int, wanted.split("."))):
        say(f"the peer asks for Go {wanted}; here is {'none' if found == '0' else found}")
        sys.exit(EXIT_UNAVAILABLE)
    subprocess.run(["go", "build", "-buildvcs=false", "-o", folder / "peer", "."], cwd=PEER, check=True)
    return folder / "peer"


class Server:
    def __init__(self, name, bench, corner, peer):
        self.name, self.ports = name, {"post": free_port(), "mqtt": free_port()}
        topic = corner.name("iot-events")
        http, mqtt = (f"localhost:{self.ports[door]}" for door in ("post", "mqtt"))
        if name == "go":
            command = [peer, "-kafka", corner.address, "-topic", topic, "-http", http, "-mqtt", mqtt, "-linger", LINGER]
        else:
            command = [binary("ingest"), "--kafka", corner.address, "--topic-prefix", corner.prefix, "--http", http, "--mqtt", mqtt,
                       "--admin-listen", "", "--linger", LINGER]
        self.program = Program(command, bench.path)
        self.pid = self.program.process.pid
        until(lambda: all(listens(port) for port in self.ports.values()), f"{name} to listen\n{self.program.report()}", 30)

    def stop(self):
        self.program.process.terminate()
        self.program.process.wait(20)


def run(bench, peer, name, mode, devices, in_flight=1, rate=0, lines=1, seconds=5):
    corner = bench.corner()
    server = Server(name, bench, corner, peer)
    load = None
    try:
        load = Program([PROGRAMS / "bench-devices", "--mode", mode, "--port", server.ports[mode], "--devices", devices, "--in-flight",
                        in_flight, "--rate", rate, "--lines", lines, "--seconds", seconds], bench.path)
        first, last = map(int, load.wait_line(" ").split())
        sleep_until_us(first)
        before = cpu_seconds(server.pid)
        sleep_until_us(last)
        cpu, kb = cpu_seconds(server.pid) - before, memory_kb(server.pid)
        load.wait(60)
        told = load.json_line()
    finally:
        if load:
            load.kill()
        server.stop()
        corner.delete("iot-events")
    assert told["failed"] == 0 and told["acked"] == told["sent"], told
    result = {"peer": name, "mode": mode, "cpu_s": round(cpu, 3), "events_per_s": told["events_in_window"] / seconds,
              "events_per_cpu_s": round(told["events_in_window"] / max(cpu, 0.01)), "rss_kb": kb, **told}
    say(f"  {name:5} {result['events_per_s']:9.0f} events/s {result['events_per_cpu_s']:9} per CPU-second"
        f"  p50 {told['p50_ms']:7.2f}  p99 {told['p99_ms']:7.2f} ms  {kb / 1024:.1f} MB")
    return result


def median(runs, name, key):
    values = sorted(run[key] for run in runs if run["peer"] == name)
    return values[len(values) // 2]


SCENARIOS = {
    "mqtt": ("MQTT QoS 1, 500 connections, 10 in flight, flat out", dict(mode="mqtt", devices=500, in_flight=10), 3),
    "post": ("single POSTs, 200 connections, flat out", dict(mode="post", devices=200), 2),
    "ndjson": ("NDJSON of 100, 50 connections, flat out", dict(mode="post", devices=50, lines=100), 1.3),
    "paced": ("MQTT QoS 1, 500 connections, 8,000 events/s", dict(mode="mqtt", devices=500, in_flight=10, rate=8000), 2),
}


def bars_of(key, runs):
    text, _, least = SCENARIOS[key]
    ratio = median(runs, "ours", "events_per_cpu_s") / median(runs, "go", "events_per_cpu_s")
    yield {"bar": f"{text}: events per CPU-second against Go", "value": round(ratio, 2), "limit": least, "holds": ratio >= least}
    if key == "paced":
        worse = median(runs, "ours", "p99_ms") / median(runs, "go", "p99_ms")
        yield {"bar": f"{text}: PUBACK p99 against Go", "value": round(worse, 2), "limit": 1, "holds": worse <= 1}


PAGE = """# What taking an event in costs, beside a peer

Made by `./dev bench ingest` on {when}; the runs themselves are in [ingest.json](ingest.json).
{processors} processors ({processor}), {memory_gb} GB, Linux {kernel}, loopback; Kafka, devices and server share them.
Both acknowledge only after acks=all, with a linger of {linger}; the peer (Go: net/http and mochi-mqtt in front of franz-go) checks nothing of what it is sent.

| bar | measured | limit | |
|---|---|---|---|
{bars}

| scenario | server | events/s | events per CPU-second | p50 ms | p99 ms | memory MB |
|---|---|---|---|---|---|---|
{rows}
"""


def write(path, scenarios, bars):
    path.parent.mkdir(parents=True, exist_ok=True)
    when = datetime.date.today().isoformat()
    path.write_text(json.dumps({"bench": "ingest", "when": when, "machine": machine(), "bars": bars, "scenarios": scenarios}, indent=1) + "\n")
    lines = [f"| {b['bar']} | {b['value']} | {b['limit']} | {'holds' if b['holds'] else '**fails**'} |" for b in bars]
    rows = [f"| {SCENARIOS[key][0]} | {name} | {median(runs, name, 'events_per_s'):.0f} | {median(runs, name, 'events_per_cpu_s')}"
            f" | {median(runs, name, 'p50_ms'):.2f} | {median(runs, name, 'p99_ms'):.2f} | {median(runs, name, 'rss_kb') / 1024:.1f} |"
            for key, runs in scenarios.items() for name in ("go", "ours")]
    path.with_suffix(".md").write_text(PAGE.format(when=when, linger=LINGER, bars="\n".join(lines), rows="\n".join(rows), **machine()))
    say(f"written: {path} and {path.with_suffix('.md').name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; all when none is named")
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs, of which the medians are taken (5)")
    parser.add_argument("--out", type=pathlib.Path, default=SOURCE / "docs" / "benchmarks" / "ingest.json")
    arguments = parser.parse_args()
    for name in arguments.scenarios:
        if name not in SCENARIOS:
            parser.error(f"there is no scenario '{name}'; there are {', '.join(SCENARIOS)}")
    bench, scenarios, bars = Bench(), {}, []
    try:
        peer = build_peer(bench.path)
        for key in arguments.scenarios or SCENARIOS:
            text, plan, _ = SCENARIOS[key]
            say(f"{key}: {text}")
            scenarios[key] = [run(bench, peer, name, **plan) for _ in range(arguments.runs) for name in ("go", "ours")]
            bars += bars_of(key, scenarios[key])
    finally:
        bench.close()
    for bar in bars:
        say(f"  {'holds' if bar['holds'] else 'FAILS'}  {bar['bar']}: {bar['value']} ({bar['limit']})")
    write(arguments.out, scenarios, bars)
    return 0 if all(bar["holds"] for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
