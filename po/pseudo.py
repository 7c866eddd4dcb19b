#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""pseudo.py BUILD PROGRAM...: runs programs in a language that does not exist.

Every text of the sources becomes ⟦áccented, 40 % longer, with wide characters 漢字⟧; then each program's help must be
translated throughout, whole, and within 80 columns, and errors must keep their exit status. The dashboard's screens are
drawn and judged by tests/snapshot/dash-translated.c."""
import ast
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata

import potfiles

KEYWORDS = ["_", "N_", "C_:1c,2", "ngettext:1,2"]
DIRECTIVE = re.compile(r"%(?:\d+\$)?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?(?:hh|ll|[hljzt])?[diouxXcsfgeEGp%]|--[a-z][a-z-]*|\n")
ACCENTS = str.maketrans("aceiouyAEIOU", "áçéíóúýÁÉÍÓÚ")
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n"
NO_SKIP = bool(os.environ.get("CI"))


def pot_text():
    names = sorted(name for name in potfiles.files_with_words() if name.endswith((".c", ".h")))
    command = ["xgettext", "--from-code=UTF-8", "--language=C", "--no-location", "--output=-", "--keyword"]
    command += [f"--keyword={word}" for word in KEYWORDS]
    return subprocess.run(command + names, cwd=potfiles.SOURCE, capture_output=True, text=True, check=True).stdout


def entries(pot):
    """(context, singular, plural) of each message."""
    for block in pot.split("\n\n")[1:]:
        parts, name = {}, None
        for line in block.split("\n"):
            found = re.match(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (\".*\")$", line)
            if found:
                name = found[1]
            if name and (found or line.startswith('"')):
                parts[name] = parts.get(name, "") + ast.literal_eval(found[2] if found else line)
        if "msgid" in parts:
            yield parts.get("msgctxt"), parts["msgid"], parts.get("msgid_plural")


def pseudo(text):
    """Line breaks at both ends and printf directives stay what and where they are."""
    body = text.strip("\n")
    before, after = text[: len(text) - len(text.lstrip("\n"))], text[len(text.rstrip("\n")) :]
    out, at = "", 0
    for found in DIRECTIVE.finditer(body):
        out += body[at : found.start()].translate(ACCENTS) + found[0]
        at = found.end()
    out += body[at:].translate(ACCENTS)
    wide = "漢字" * max(1, round(len(body) * 0.4 / 4))
    padding = " ".join(wide[i : i + 6] for i in range(0, len(wide), 6))
    return f"{before}⟦{out} {padding}⟧{after}"


def write_mo(path, pot):
    messages = {b"": HEADER.encode()}
    for context, singular, plural in entries(pot):
        key = (f"{context}\x04" if context else "") + singular + (f"\0{plural}" if plural else "")
        messages[key.encode()] = "\0".join(map(pseudo, [singular, plural] if plural else [singular])).encode()
    keys = sorted(messages)
    at = 28 + 16 * len(keys)
    tables, texts = {0: b"", 1: b""}, b""
    for which in (0, 1):
        for key in keys:
            text = messages[key] if which else key
            tables[which] += struct.pack("<II", len(text), at + len(texts))
            texts += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, at)
    path.write_bytes(head + tables[0] + tables[1] + texts)
    return len(keys) - 1


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def without_translated(text):
    before = None
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return text


def help_faults(text):
    if "⟦" not in text:
        yield "nothing is translated"
    if text.count("⟦") != text.count("⟧"):
        yield "a text is cut: its brackets do not match"
    for line in text.split("\n"):
        if columns(line) > 80 and " " in line.strip():
            yield f"wider than 80 columns: {line}"
    for line in without_translated(text).split("\n"):
        if re.search(r"[a-z]{2,} [a-z]{2,}", line) or re.fullmatch(r"(?!Kafka)[A-Z][A-Za-z ]+:", line.strip()):
            yield f"not translated: {line.strip()}"


class World:
    """A build folder whose po/ holds the language, and a locale of that name, which is C.UTF-8 under another."""

    def __init__(self, root, build):
        self.root = root
        (root / "apps").symlink_to(build / "apps")
        messages = root / "po/xx/LC_MESSAGES"
        messages.mkdir(parents=True)
        self.n_texts = write_mo(messages / "fleetwire.mo", pot_text())
        (root / "config").mkdir()
        self.env = {**os.environ, "FLEETWIRE_BUILD": str(root), "LC_ALL": "xx_XX.UTF-8", "LOCPATH": str(root / "locale"),
                    "XDG_CONFIG_HOME": str(root / "config"), "LANGUAGE": "", "TERM": "dumb"}

    def copy_locale(self):
        source = next((p for p in map(pathlib.Path, ("/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8")) if p.is_dir()), None)
        if source:
            shutil.copytree(source, self.root / "locale/xx_XX.utf8")
        return source is not None

    def run(self, *words):
        return subprocess.run(words, env=self.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)

    def faults_of(self, program):
        done = self.run(program, "--help")
        if done.returncode != 0:
            yield f"--help ends with {done.returncode}"
        yield from help_faults(done.stdout.decode())
        wrong = self.run(program, "--no-such-thing")
        if wrong.returncode != 64 or "⟦" not in wrong.stderr.decode():
            yield f"a wrong option ends with {wrong.returncode}: {wrong.stderr.decode()}"


def doctor_faults(world, program):
    done = world.run(program, "--kafka", "localhost:1", "--timeout", "200ms")
    text = done.stdout.decode()
    if done.returncode != 1 or text.count("⟦") != text.count("⟧") or "⟦" not in text:
        yield f"the examination ends with {done.returncode}: {text}{done.stderr.decode()}"


def screen_faults(world, program):
    done = world.run(program)
    if done.returncode != 0:
        yield done.stdout.decode() + done.stderr.decode()


def faults(world, program):
    name = pathlib.Path(program).name
    if name == "dash-translated":
        return screen_faults(world, program)
    found = list(world.faults_of(program))
    return found + list(doctor_faults(world, program)) if name == "fleetwire-doctor" else found


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder), pathlib.Path(sys.argv[1]))
        if not world.copy_locale():
            print("no C.UTF-8 below /usr/lib/locale to make a locale from")
            return 1 if NO_SKIP else 77
        found = [f"{pathlib.Path(program).name}: {fault}" for program in sys.argv[2:] for fault in faults(world, program)]
        print("\n".join(found) or f"{len(sys.argv) - 2} programs speak the language of {world.n_texts} texts")
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
