#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that a machine can see: short `dev`, no work left in words, no private path or registry host, no sleeping test, no silent limit."""
import os
import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["FLEETWIRE_SOURCE"])
LEFT_UNDONE = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
PRIVATE = re.compile(r'"resolved": *"https?://|https?://[^/ "]*(registry|pypi|pythonhosted|maven\.org|crates)[^/ "]*|(^|[^A-Za-z0-9.])/(work|farm)/')
SLEEPS = re.compile(r"\b(g_usleep|usleep|nanosleep)\s*\(|\bsleep\s*\(\s*\d")
FIVE_LINES = "tests/flow/five_lines.py"  # somebody's producer, unchanged


def tracked():
    done = subprocess.run(["git", "ls-files"], cwd=SOURCE, capture_output=True, text=True)
    names = done.stdout.split("\n") if done.returncode == 0 else []
    return [n for n in names if n and (SOURCE / n).is_file()]


def unformatted():
    """.c files that clang-format would change; other versions of it lay out differently, so only the one of Debian 12 judges."""
    version = subprocess.run(["clang-format", "--version"], capture_output=True, text=True).stdout
    if " 14." not in version:
        return
    names = [n for n in tracked() if n.endswith(".c")]
    done = subprocess.run(["clang-format", "--dry-run", *names], cwd=SOURCE, capture_output=True, text=True)
    for name in sorted(set(re.findall(r"^([^:\n]+\.c):\d+", done.stderr, re.M))):
        yield f"{name}: ./dev format would change it"


def silent_limits():
    """Options that set a limit, of a program with metrics, which no metric's help names."""
    for program in (SOURCE / "docs/reference.md").read_text().split("\n## ")[1:]:
        options, _, metrics = program.partition("| metric |")
        for limit in re.findall(r"^\| `(--(?:max-[\w-]+|[\w-]+-timeout|ring-slots))", options if metrics else "", re.M):
            if not re.search(limit + r"(?![\w-])", metrics):
                yield f"docs/reference.md: no metric of {program.split(chr(10))[0]} says what counts {limit}"


def faults():
    yield from unformatted()
    yield from silent_limits()
    if len((SOURCE / "dev").read_text().splitlines()) > 200:
        yield "dev: more than 200 lines"
    for name in tracked():
        if name == "tests/lint/house.py" or name.startswith(("LICENSE", "data/tracks")):
            continue
        text = (SOURCE / name).read_text(errors="replace")
        for number, line in enumerate(text.split("\n"), 1):
            if PRIVATE.search(line):
                yield f"{name}:{number}: a registry host or a path of one machine"
            if name.endswith((".c", ".h", ".js", ".py")) and LEFT_UNDONE.search(line):
                yield f"{name}:{number}: left undone in words"
            if name.startswith(("tests/unit", "tests/flow")) and name != FIVE_LINES and SLEEPS.search(line):
                yield f"{name}:{number}: a test that sleeps"


def main():
    found = list(faults())
    print("\n".join(found) or "the house is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
