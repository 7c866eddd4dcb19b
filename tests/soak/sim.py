#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Towns and fleets of many seeds and places, a day's work each, judged by tests/flow/check_sim.py.

    ./dev soak sim [SEEDS]     10 seeds if no number is given; one line of JSON each; exit 1 if a bar was missed"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests"), str(SOURCE / "tests" / "flow")]

from check_sim import judge  # noqa: E402
from harness.programs import binary  # noqa: E402

PLACES = ["30.2700,-97.7430", "48.1370,11.5750", "-33.8700,151.2100", "64.1500,-21.9400", "1.3000,103.8500"]
FLEET = ["--stdout", "--fast", "--devices", "300", "--seconds", "4h", "--start", "2026-03-02T05:00:00Z"]


def try_seed(seed, folder):
    world = ["--seed", str(seed), "--place", PLACES[seed % len(PLACES)]]
    roads = pathlib.Path(folder, "roads.geojson")
    subprocess.run([binary("sim"), *world, "--roads", roads], check=True)
    with subprocess.Popen([binary("sim"), *world, *FLEET], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        found, faults = judge(program.stdout, json.loads(roads.read_text()))
        talk = program.stderr.read().decode()
    rate = re.search(r"(\d+) events per second of CPU", talk)
    print(json.dumps({"seed": seed, "events_per_cpu_s": int(rate[1]) if rate else None, **found}), flush=True)
    for fault in faults:
        print(f"seed {seed}: {fault}", file=sys.stderr)
    return not faults and program.returncode == 0


def main():
    n_seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        good = [try_seed(seed, folder) for seed in range(1, n_seeds + 1)]
    print(f"{sum(good)} of {n_seeds} seeds hold", file=sys.stderr)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
