#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generate.py [--write] REFERENCE SAMPLE PROGRAM...: docs/reference.md and data/config/fleetwire.conf, made from the
programs' tables of options and metrics. Without --write it fails where a file is not what the programs say."""
import os
import pathlib
import re
import subprocess
import sys

REFERENCE_HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Written by `ninja -C build generated` from the programs' own tables. -->
# Reference: options and metrics

Every option can be given in four places, and a later one wins: `/etc/fleetwire.conf`,
`$XDG_CONFIG_HOME/fleetwire/fleetwire.conf`, the environment, the command line. `--config FILE` replaces the two files.
In a file an option stands under its long name, without dashes, in the section that the column *file* names; lists are
parted by commas. `--dump-config` prints what is in force, and where each value came from. A file with every option and
its default is `data/config/fleetwire.conf`.

A secret is never an argument: `--NAME-file PATH`, `NAME-file = PATH` in a file, or the environment variable, or
`NAME = VALUE` in a file that only its owner can read. In `[kafka]` any librdkafka property may stand.

Programs end with 0 when all went well, 64 when the command line is wrong, 65 when input is not what it claims to be,
69 when something is not there or a limit is reached, 74 when reading or writing failed half-way, 77 when it is not
allowed, 78 when a configuration file or the environment is wrong, 70 on a fault of their own, and 1 on anything else.
Metrics are Prometheus text at `/metrics` on each daemon's admin listener.
"""
SAMPLE_HEAD = """# SPDX-License-Identifier: Apache-2.0
# Every option of every program, with its default. Written by `ninja -C build generated` from the programs' own tables.
# Copy what you change to /etc/fleetwire.conf or ~/.config/fleetwire/fleetwire.conf, and take the '#' away.
# Every program's section may also hold log and log-format. Any librdkafka property may stand in [kafka].
# A section [fields] maps foreign JSON; `fleetwire doctor --topic NAME` writes one.
"""
COMMON = "## Every program\n"


def say(program, option):
    env = {**os.environ, "LC_ALL": "C", "LANGUAGE": ""}
    return subprocess.run([program, option], env=env, capture_output=True, text=True, check=True).stdout


def reference(programs):
    chapters = [say(program, "--reference").split(COMMON) for program in programs]
    shared = re.sub(r"\| \[[a-z]+\] \|", "| its own |", chapters[0][1])
    return "\n".join([REFERENCE_HEAD, *(own.rstrip("\n") + "\n" for own, _ in chapters), COMMON + shared])


def sample(programs):
    """The sections in order, those that several programs share once."""
    sections = {}
    for program in programs:
        for section in re.split(r"^(?=\[)", say(program, "--sample"), flags=re.MULTILINE):
            if section.strip():
                sections.setdefault(section.split("\n")[0], section.rstrip("\n") + "\n")
    return "\n".join([SAMPLE_HEAD, *(sections[name] for name in sorted(sections))])


def refusals(path, programs):
    """What programs say against the sample, used as it stands."""
    for program in programs:
        done = subprocess.run([program, "--config", path, "--dump-config"], capture_output=True, text=True)
        if done.returncode != 0:
            yield done.stderr.strip()


def main():
    arguments = [word for word in sys.argv[1:] if word != "--write"]
    programs = sorted(arguments[2:], key=lambda path: pathlib.Path(path).name)
    status = 0
    for name, make in ((arguments[0], reference), (arguments[1], sample)):
        path, wanted = pathlib.Path(name), make(programs)
        if "--write" in sys.argv:
            path.write_text(wanted, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != wanted:
            print(f"{path.name} is not what the programs say; 'ninja -C build generated' makes it so")
            status = 1
    for refusal in refusals(arguments[1], programs):
        print(refusal)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
