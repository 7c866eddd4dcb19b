#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check.py MANIFEST METAINFO VERSION: the flatpak manifest pins all that it fetches, and agrees with the metainfo."""
import json
import re
import sys
import xml.etree.ElementTree

PINS = {"git": ("commit", r"[0-9a-f]{40}"), "file": ("sha256", r"[0-9a-f]{64}"), "archive": ("sha256", r"[0-9a-f]{64}")}


def refuse_twice(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key is given twice among {keys}")
    return dict(pairs)


def manifest_faults(manifest):
    for key in ("id", "runtime", "runtime-version", "sdk", "command", "modules"):
        if key not in manifest:
            yield f"the manifest has no '{key}'"
    for module in manifest["modules"]:
        for source in module.get("sources", []):
            if source["type"] in PINS:
                key, pattern = PINS[source["type"]]
                if not re.fullmatch(pattern, source.get(key, "")):
                    yield f"{module['name']}: {source['url']} is not pinned by '{key}'"
                if not source["url"].startswith("https://"):
                    yield f"{module['name']}: {source['url']} is not https"
            elif source["type"] != "dir":
                yield f"{module['name']}: a source of type '{source['type']}'"
    if manifest["modules"][-1]["name"] != "fleetwire":
        yield "the last module is not fleetwire"


def metainfo_faults(manifest, metainfo, version):
    if metainfo.findtext("id") != manifest["id"]:
        yield "manifest and metainfo have different ids"
    if metainfo.find("releases/release").get("version") != version:
        yield f"the newest release in the metainfo is not {version}"
    binaries = [binary.text for binary in metainfo.findall("provides/binary")]
    if manifest["command"] not in binaries or binaries != sorted(binaries):
        yield "the metainfo's binaries are not sorted, or the manifest's command is not among them"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        manifest = json.load(file, object_pairs_hook=refuse_twice)
    metainfo = xml.etree.ElementTree.parse(sys.argv[2]).getroot()
    faults = [*manifest_faults(manifest), *metainfo_faults(manifest, metainfo, sys.argv[3])]
    print("\n".join(faults) or "the manifest is in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
