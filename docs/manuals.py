#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manuals.py FILE...: each manual has its chapters, and groff (where there is one) has nothing to say against it."""
import pathlib
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
        if line.startswith("'") or (line.startswith(".") and not line.startswith((".\\\"", ".TH ", ".SH ", ".SS ", ".TP", ".TQ", ".PP", ".B ", ".BR "))):
            yield f"line {number} begins like a request: {line}"
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=text, capture_output=True, text=True)
        yield from done.stderr.splitlines()


def main():
    found = [f"{name}: {fault}" for name in sys.argv[1:] for fault in faults(pathlib.Path(name))]
    print("\n".join(found) or f"{len(sys.argv) - 1} manuals are in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
