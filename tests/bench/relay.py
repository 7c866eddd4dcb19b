# SPDX-License-Identifier: Apache-2.0
"""./dev bench relay [SCENARIO ...] [--runs N] [--out FILE]: our relay beside a plain Node broadcaster and a bare C floor.

Every scenario interleaves its peers, so that what the machine does meanwhile hits all alike; figures are medians.
A figure of one machine says little, a ratio to a peer in the same run does: the bars are ratios where they can be.
"""
import argparse
import datetime
import json
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from bench import SOURCE, SUBSCRIBE, Bench, install_node_peer, machine, versions  # noqa: E402
from harness.counting import Mallocs  # noqa: E402

LOG_CHANNEL = ("--subprotocol", "fleetwire.v1+json", "--say", SUBSCRIBE)
FAST = ("--latency-budget", "10ms")


def say(text):
    print(text, file=sys.stderr, flush=True)


class Report:
    """What was measured, and which bars hold."""

    def __init__(self):
        self.scenarios, self.bars = {}, []

    def runs(self, scenario, runs):
        for run in runs:
            run.pop("log", None)
        self.scenarios.setdefault(scenario, []).extend(runs)

    def bar(self, text, value, limit, at_least=False):
        holds = value >= limit if at_least else value <= limit
        self.bars.append({"bar": text, "value": round(value, 3), "limit": round(limit, 3), "holds": bool(holds)})
        say(f"  {'holds' if holds else 'FAILS'}  {text}: {value:.3f} ({'at least' if at_least else 'at most'} {limit:.3f})")


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def of(runs, peer):
    return [run for run in runs if run["peer"] == peer]


def show(run):
    say(f"  {run['peer']:6} {run['cpu_s_per_million']:8.3f} CPU-s/M  p50 {run['p50_ms']:8.2f}  p99 {run['p99_ms']:8.2f} ms"
        f"  delivered {run['delivered_share']:.4f}  {run['rss_kb'] / 1024:.1f} MB")


def interleaved(bench, report, scenario, n, plans):
    """plans: dicts of arguments of Bench.run. Returns all runs."""
    runs = []
    for i in range(n):
        for plan in plans:
            runs.append(bench.run(**plan))
            say(f"{scenario} run {i + 1}:")
            show(runs[-1])
    report.runs(scenario, [dict(run) for run in runs])
    return runs


def firehose(bench, report, n):
    """100 clients x 1,000 events/s, one frame each."""
    plans = [dict(peer_name=peer, clients=100, rate=1000, seconds=5, options=FAST if peer == "relay" else ())
             for peer in ("node", "floor", "relay")]
    runs = interleaved(bench, report, "firehose", n, plans)
    relay = median(of(runs, "relay"), "cpu_s_per_million")
    report.bar("100 x 1,000/s: CPU per delivery against Node", relay / median(of(runs, "node"), "cpu_s_per_million"), 0.25)
    report.bar("100 x 1,000/s: CPU per delivery against the floor", relay / median(of(runs, "floor"), "cpu_s_per_million"), 1.3)
    report.bar("100 x 1,000/s: p99 in ms", median(of(runs, "relay"), "p99_ms"), 20)
    report.bar("100 x 1,000/s: share delivered, once each", min(r["delivered_share"] * r["all_the_same"] for r in of(runs, "relay")),
               1, at_least=True)


def best_of_node(bench, report):
    """Node's own best rate with 1,000 clients: the dearest that it held, by deliveries per CPU-second."""
    held = []
    for rate in (20, 40, 70, 110, 170, 260):
        run = bench.run("node", 1000, rate, 4)
        show(run)
        report.runs("node-ladder", [dict(run, rate=rate)])
        if run["delivered_share"] < 0.985 or run["p99_ms"] > 1000:
            break
        held.append(run)
    return min(run["cpu_s_per_million"] for run in held)


def crowd(bench, report, n):
    """1,000 clients x 4,000 events/s for 30 s, and Node at its best."""
    say("Node's own best rate with 1,000 clients:")
    node = best_of_node(bench, report)
    plan = dict(peer_name="relay", clients=1000, rate=4000, seconds=30, options=("--latency-budget", "30ms"), wait_ms=5000)
    runs = interleaved(bench, report, "crowd", n, [plan])
    report.bar("1,000 x 4,000/s: share delivered, once each", min(r["delivered_share"] * r["all_the_same"] for r in runs), 1,
               at_least=True)
    report.bar("1,000 x 4,000/s: p99 in ms", median(runs, "p99_ms"), 50)
    report.bar("1,000 x 4,000/s: deliveries per CPU-second against Node's best", node / median(runs, "cpu_s_per_million"), 40,
               at_least=True)


def calm(bench, report, n):
    """1,000 clients x 10 events/s: nothing to join, so this shows what the rest costs. Two threads share a round of 1,000 sends."""
    plans = [dict(peer_name=peer, clients=1000, rate=10, seconds=5, options=(*FAST, "--threads", "2") if peer == "relay" else ())
             for peer in ("node", "floor", "relay")]
    runs = interleaved(bench, report, "calm", n, plans)
    report.bar("1,000 x 10/s: CPU against Node", median(of(runs, "relay"), "cpu_s") / median(of(runs, "node"), "cpu_s"), 1)
    report.bar("1,000 x 10/s: p99 in ms", median(of(runs, "relay"), "p99_ms"), 20)


def allocations(bench, report, n):
    """Half of the clients read 10 kB/s; with twice the clients the whole process must not allocate more."""
    counted = {100: [], 200: []}
    for _ in range(max(1, n // 2)):
        for clients, results in counted.items():
            mallocs = Mallocs(bench.path)

            def count(peer, mallocs=mallocs):
                return {"mallocs": mallocs.read(), "cuts": value(peer.metrics(), "cuts_total")}

            run = bench.run("relay", clients, 1000, 5, options=FAST, load=("--slow", clients // 2), env=mallocs.env, count=count)
            before, after = run["counted"]
            run["mallocs"], run["cuts"] = after["mallocs"] - before["mallocs"], after["cuts"] - before["cuts"]
            say(f"  {clients} clients: {run['mallocs']} allocations, {run['cuts']:.0f} cuts, {run['arrived']} deliveries")
            results.append(run)
            report.runs("allocations", [dict(run)])
    few, many = counted[100], counted[200]
    beyond = median(many, "mallocs") - median(few, "mallocs") - max(0, median(many, "cuts") - median(few, "cuts"))
    report.bar("allocations: 200 clients beyond 100, but for one per cut, per 1,000 deliveries", beyond * 1000 / median(many, "arrived"),
               0.1)


def value(metrics, ending):
    found = [metrics[name] for name in metrics if name.split("{")[0].endswith(ending)]
    return sum(found)


def sends(bench, report, n):
    """System calls to send, per client turn, with small turns and with turns of many 16 kB."""
    def count(peer):
        metrics = peer.metrics()
        return {"sends": value(metrics, "_sends_total"), "turns": value(metrics, "_turns_total"),
                "bytes": value(metrics, "_sent_bytes_total"), "deliveries": value(metrics, "_deliveries_total")}

    for rate in (1000, 20000):
        run = bench.run("relay", 100, rate, 5, options=FAST, count=count)
        before, after = run["counted"]
        delta = {key: after[key] - before[key] for key in after}
        sends_per_turn, kb_per_turn = delta["sends"] / delta["turns"], delta["bytes"] / delta["turns"] / 1024
        say(f"  100 x {rate}/s: {sends_per_turn:.3f} sends for {kb_per_turn:.1f} kB")
        report.runs("sends", [dict(run)])
        report.bar(f"100 x {rate}/s: sends per client turn (one, and one more per 16 kB beyond the first)", sends_per_turn,
                   1.005 + max(0, kb_per_turn - 16) / 16 + (kb_per_turn > 16))


def idle(bench, report, n):
    """Memory of a client that is connected and gets nothing."""
    clients = 5000
    for peer_name in ("node", "relay"):
        options = (*FAST, "--max-handshakes", "100000") if peer_name == "relay" else ()
        few = bench.run(peer_name, 10, 1, 1, options=options, wait_ms=500)
        many = bench.run(peer_name, clients, 1, 1, options=options, wait_ms=3000)
        kb = (many["rss_kb"] - few["rss_kb"]) / (clients - 10)
        say(f"  {peer_name}: {kb:.2f} kB per client")
        report.runs("idle", [few, many])
        if peer_name == "relay":
            report.bar("memory per idle client in kB", kb, 2.5)


def slow(bench, report, n):
    """1,000 clients x 200 events/s; in every other run 5 % read 10 kB/s and one never reads."""
    common = dict(peer_name="relay", clients=1000, rate=200, seconds=8)
    patient = ("--latency-budget", "20ms", "--client-timeout", "5s")
    runs = []
    for i in range(n):
        for load in ((), ("--slow", "50", "--never", "1")):
            run = bench.run(**common, options=patient, load=load, wait_ms=4000)
            run["has_slow"] = bool(load)
            say(f"slow run {i + 1}, {'with' if load else 'without'} slow clients:")
            show(run)
            runs.append(run)
    logs = [run["log"] for run in runs if run["has_slow"]]
    report.runs("slow", [dict(run) for run in runs])
    without, with_slow = [r for r in runs if not r["has_slow"]], [r for r in runs if r["has_slow"]]
    report.bar("5 % slow: healthy p99 against none slow", median(with_slow, "p99_ms") / median(without, "p99_ms"), 1.1)
    report.bar("5 % slow: memory beyond none slow, in MB", (median(with_slow, "rss_kb") - median(without, "rss_kb")) / 1024, 8)
    report.bar("5 % slow: clients that read are not closed", max(r["slow"]["closed"] + r["healthy"]["closed"] for r in with_slow), 0)
    report.bar("5 % slow: share of healthy delivered", min(r["delivered_share"] for r in with_slow), 1, at_least=True)
    report.bar("the one that never reads is closed", min(r["never"]["closed"] for r in with_slow), 1, at_least=True)
    report.bar("its reason stands in the log", min("takes nothing for" in log for log in logs), 1, at_least=True)


SCENARIOS = {f.__name__: f for f in (firehose, crowd, calm, allocations, sends, idle, slow)}


PAGE = """# What the relay costs, beside its peers

Made by `./dev bench relay` on {when}; the runs themselves are in [relay.json](relay.json).
{processors} processors ({processor}), {memory_gb} GB, Linux {kernel}, loopback; Kafka, producer, relay and load client share them.
A figure of one machine says little; a ratio to a peer in the same run does.

- **node**: the broadcaster that everybody writes first (Node {node}, `ws` {ws}, `kafkajs` {kafkajs}).
- **floor**: librdkafka and one joined write per client each 10 ms, nothing else: the least that any relay must do.

| bar | measured | limit | |
|---|---|---|---|
{bars}

| scenario | peer | CPU-seconds per million deliveries | p50 ms | p99 ms | memory MB |
|---|---|---|---|---|---|
{rows}
"""


def rows(report):
    for scenario in ("firehose", "crowd", "calm", "slow"):
        runs = report.scenarios.get(scenario, [])
        for peer in ("node", "floor", "relay"):
            if of(runs, peer):
                cells = [f"{median(of(runs, peer), key):.2f}" for key in ("cpu_s_per_million", "p50_ms", "p99_ms")]
                yield f"| {scenario} | {peer} | {' | '.join(cells)} | {median(of(runs, peer), 'rss_kb') / 1024:.1f} |"


def write_page(report, path):
    bars = "\n".join(f"| {b['bar']} | {b['value']} | {b['limit']} | {'holds' if b['holds'] else '**fails**'} |" for b in report.bars)
    told = versions()
    path.write_text(PAGE.format(when=datetime.date.today().isoformat(), bars=bars, rows="\n".join(rows(report)), **machine(),
                                node=told["node"], ws=told["ws"], kafkajs=told["kafkajs"]))


def write(report, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        "bench": "relay", "when": datetime.date.today().isoformat(), "machine": machine(), "versions": versions(),
        "bars": report.bars, "scenarios": report.scenarios}, indent=1) + "\n")
    write_page(report, path.with_suffix(".md"))
    say(f"written: {path} and {path.with_suffix('.md').name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; all when none is named")
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs, of which the medians are taken (5)")
    parser.add_argument("--out", type=pathlib.Path, default=SOURCE / "docs" / "benchmarks" / "relay.json")
    arguments = parser.parse_args()
    for name in arguments.scenarios:
        if name not in SCENARIOS:
            parser.error(f"there is no scenario '{name}'; there are {', '.join(SCENARIOS)}")
    install_node_peer()
    bench, report = Bench(), Report()
    try:
        for name in arguments.scenarios or SCENARIOS:
            say(f"{name}: {SCENARIOS[name].__doc__.splitlines()[0]}")
            SCENARIOS[name](bench, report, arguments.runs)
    finally:
        bench.close()
    write(report, arguments.out)
    failed = [bar for bar in report.bars if not bar["holds"]]
    say(f"{len(report.bars) - len(failed)} of {len(report.bars)} bars hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
