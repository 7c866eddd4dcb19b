#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manuals.py FILE...: each manual has its chapters, and groff (where there is one) has nothing to say against it."""
import pathlib
import re
import shutil
import subprocess
import sys

EVERYWHERE = ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS")
OF_PROGRAMS = ("OPTIONS", "ENVIRONMENT", "FILES", "SEE ALSO")


def faults(path):
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    chapters = EVERYWHERE if path.name == "fleetwire.1" else EVERYWHERE + OF_PROGRAMS
    for chapter in chapters:
        if f".SH {chapter}" not in lines:
            yield f"no chapter {chapter}"
    for number, line in enumerate(lines, 1):
        if line.startswith("'") or (line.startswith(".") and not line.startswith((".\\\"", ".TH ", ".ad l", ".nh", ".SH ", ".SS ", ".TP", ".TQ", ".PP", ".B ", ".BR "))):
            yield f"line {number} begins like a request: {line}"
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=text, capture_output=True, text=True)
        yield from done.stderr.splitlines()


def commands(path):
    """{command: summary} of the launcher's manual."""
    return dict(re.findall(r"^\.BR fleetwire\\-(\S+) \(1\)\n(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def summaries(paths):
    """{command: summary} of the programs' own manuals."""
    for path in paths:
        found = re.search(r"^fleetwire\\-(\S+) \\- (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        yield found[1], found[2]


def main():
    paths = [pathlib.Path(name) for name in sys.argv[1:]]
    found = [f"{path.name}: {fault}" for path in paths for fault in faults(path)]
    launcher = commands(next(path for path in paths if path.name == "fleetwire.1"))
    programs = dict(summaries(path for path in paths if path.name != "fleetwire.1"))
    for name in sorted(launcher.keys() | programs.keys()):
        if launcher.get(name) != programs.get(name):
            found.append(f"{name}: the launcher says '{launcher.get(name)}', the program '{programs.get(name)}'")
    print("\n".join(found) or f"{len(sys.argv) - 1} manuals are in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
