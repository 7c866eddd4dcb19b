#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes point down only: an upward one must not compile, `../` is refused, and a foreign library has one home."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(os.environ["FLEETWIRE_SOURCE"])
BUILD = pathlib.Path(os.environ["FLEETWIRE_BUILD"])
LAYERS = {  # layer: the layers that it may see, beside itself
    "base": [],
    "model": ["base"],
    "query": ["base", "model"],
    "codec": ["base", "model", "query"],
    "mqtt": ["base"],
    "kafka": ["base", "model", "query", "codec"],
    "net": ["base", "model", "query", "codec"],
}
HOMES = {  # a foreign header: the only folders that may include it
    r"librdkafka/|rdkafka": ["common/kafka", "tests/bench"],  # the bench's bare floor is librdkafka itself
    r"libwebsockets": ["common/net"],
    r"openssl/|crypt\.h": ["common/net", "tests/"],
    r"cJSON|cjson": ["common/codec"],
    r"n?curses|term\.h": ["apps/dash"],
    r"jansson": ["tests/"],
    r"zlib": ["apps/ingest", "tests/"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources():
    for top in ("common", "apps", "tests"):
        for path in sorted((SOURCE / top).rglob("*.[ch]")):
            if "node_modules" not in path.parts:
                yield path


def bad_includes():
    for path in sources():
        name = path.relative_to(SOURCE).as_posix()
        for _, header in INCLUDE.findall(path.read_text(errors="replace")):
            if header.startswith("../") or "/../" in header:
                yield f"{name}: includes '{header}': a folder is reached by its layer, not by a path"
            for pattern, homes in HOMES.items():
                if re.match(pattern, header) and not any(name.startswith(home) for home in homes):
                    yield f"{name}: includes '{header}', which only {' and '.join(homes)} may"
            if name.startswith("apps/"):
                app = name.split("/")[1]
                owners = [p for p in (SOURCE / "apps").rglob(os.path.basename(header)) if p.parent.name != app]
                here = (SOURCE / "apps" / app / header).exists()
                if owners and not here and not list((SOURCE / "common").rglob(os.path.basename(header))):
                    yield f"{name}: includes '{header}' of another app"


def compile_command(layer):
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        if f"/common/{layer}/" in os.path.normpath(os.path.join(entry["directory"], entry["file"])):
            words = [w for w in shlex.split(entry["command"]) if w not in ("ccache", "-c")]
            keep, skip = [], False
            for word in words:
                if skip:
                    skip = False
                elif word in ("-o", "-MF", "-MQ", "-MT"):
                    skip = True
                elif not word.endswith(".c") and word not in ("-MD", "-MMD"):
                    keep.append(word)
            return keep, entry["directory"]
    raise SystemExit(f"no compile command for common/{layer}")


def upward_compiles(layer, upper):
    header = sorted((SOURCE / "common" / upper).glob("fw-*.h"))[0].name
    command, folder = compile_command(layer)
    done = subprocess.run(command + ["-fsyntax-only", "-xc", "-"], input=f'#include "{header}"\n', text=True,
                          cwd=folder, capture_output=True)
    return done.returncode == 0, header


def main():
    faults = list(bad_includes())
    for layer, below in LAYERS.items():
        for other in LAYERS:
            compiles, header = upward_compiles(layer, other)
            allowed = other == layer or other in below
            if compiles and not allowed:
                faults.append(f"common/{layer} can include {header} of common/{other}: its meson.build exports too much")
            if allowed and not compiles:
                faults.append(f"common/{layer} cannot include {header} of common/{other}, which stands below it")
    print("\n".join(faults) or "includes point down only")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
