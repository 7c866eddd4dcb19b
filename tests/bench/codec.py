#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench codec: what one event costs in the pure parts, in nanoseconds."""
import os
import pathlib
import subprocess

program = pathlib.Path(os.environ["FLEETWIRE_BUILD"]) / "tests/bench/bench-codec"
for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines():
    name, figure = line.split("\t")
    print(f"{name:34} {figure:>6}{'' if name.startswith('bytes') else ' ns'}")
