#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev soak fuzz [SECONDS]: every fuzz target for SECONDS (600) under libFuzzer, ASan and UBSan; every property test at full
length with a seed of its own; a million texts of the JSON comparison. What a fuzzer finds is kept under build-fuzz/found."""
import os
import pathlib
import random
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["FLEETWIRE_SOURCE"])
BUILD = pathlib.Path(os.environ["FLEETWIRE_BUILD"])
FUZZ_BUILD = SOURCE / "build-fuzz"
CORPORA = SOURCE / "tests/fuzz/corpus"
TARGETS = sorted(folder.name for folder in CORPORA.iterdir())
PROPERTIES = ["model-fold", "query-properties", "codec-json", "codec-csv", "codec-event-json", "mqtt-properties",
              "ingest-session-properties"]


def run(*command, **options):
    print("+", *command, file=sys.stderr)
    return subprocess.run([str(part) for part in command], **options).returncode == 0


def build():
    if not (FUZZ_BUILD / "build.ninja").exists():
        run("meson", "setup", FUZZ_BUILD, SOURCE, "-Dfuzz=true", env={**os.environ, "CC": "clang"}, check=True)
    run("ninja", "-C", FUZZ_BUILD, *[f"tests/fuzz/fuzz-{name}" for name in TARGETS], check=True)


def fuzz(name, seconds):
    grown, found = FUZZ_BUILD / "grown" / name, FUZZ_BUILD / "found"
    grown.mkdir(parents=True, exist_ok=True)
    found.mkdir(exist_ok=True)
    return run(FUZZ_BUILD / "tests/fuzz" / f"fuzz-{name}", f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10",
               f"-artifact_prefix={found}/{name}-", grown, CORPORA / name)


def find_test(name):
    return next((BUILD / "tests/unit").glob(f"*/test-{name}"))


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    seed = random.SystemRandom().getrandbits(31)
    build()
    results = {f"fuzz {name}": fuzz(name, seconds) for name in TARGETS}
    for name in PROPERTIES:
        results[name] = run(find_test(name), "-m", "slow", f"--seed=R02S{seed:08x}{seed:08x}{seed:08x}{seed:08x}")
    results["json comparison"] = run(sys.executable, SOURCE / "tests/fuzz/json_differential.py", BUILD / "tests/fuzz/json-dump",
                                     CORPORA / "event", CORPORA / "client-messages", "-n", 1000000, "-s", seed)
    for name, is_good in results.items():
        print(f"{'passed' if is_good else 'FAILED'}  {name}")
    print(f"seed {seed:08x}: {sum(results.values())} passed, {len(results) - sum(results.values())} failed")
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
