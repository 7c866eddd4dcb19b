#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up JUnit results and ends with the plain line `N passed, N failed`.

A skipped test counts as failed: a server that is missing is a fault of the house, not of the day.
"""
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


def main(paths):
    passed, bad = 0, []
    for path in paths:
        n, faults = count(path)
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
