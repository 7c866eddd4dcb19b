#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up results and ends with the plain line `N passed, N failed`.

*.xml are JUnit's; *.json are meson's, which alone tell of a program that failed after all its tests had passed (a leak,
a race). A skipped test counts as failed: a server that is missing is a fault of the house, not of the day.
"""
import json
import sys
import xml.etree.ElementTree as ET


def count(path):
    passed, bad = 0, []
    for case in ET.parse(path).getroot().iter("testcase"):
        faults = [c.tag for c in case if c.tag in ("failure", "error", "skipped")]
        if faults:
            bad.append(f"{faults[0]}: {case.get('classname')} {case.get('name')}")
        else:
            passed += 1
    return passed, bad


def count_programs(path):
    with open(path) as lines:
        results = [json.loads(line) for line in lines]
    return 0, [f"program: {r['name']}: {r['result']}" for r in results if r["result"] not in ("OK", "EXPECTEDFAIL")]


def main(paths):
    passed, bad = 0, []
    for path in paths:
        n, faults = count_programs(path) if path.endswith(".json") else count(path)
        passed += n
        bad += faults
    for fault in bad:
        print(fault)
    if not passed:
        print("no test ran")
    print(f"{passed} passed, {len(bad)} failed")
    return 1 if bad or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
