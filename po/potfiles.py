#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""po/POTFILES.in lists every file with words for users, sorted. --write makes it so; without it, differences fail, and so
does a text that no translator can get: one with a macro in it ("%" G_GINT64_FORMAT), or with spaces for a gap at an end."""
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(os.environ["FLEETWIRE_SOURCE"])
LIST = SOURCE / "po/POTFILES.in"
HEADING = "# SPDX-" + "License-Identifier: Apache-2.0\n# Written by `ninja -C build potfiles`.\n"
MARKED = re.compile(r'\b(?:_|N_|C_|ngettext) ?\(\s*"')


WHOLE = re.compile(r'\b(?:_|N_|C_|ngettext) ?\(((?:\s*"(?:[^"\\]|\\.)*")+)\s*(\w?)')


def text_faults(name):
    source = (SOURCE / name).read_text(encoding="utf-8")
    for found in WHOLE.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1]))
        if found[2]:
            yield f"{name}:{line}: a macro cuts the text short for translators; write %lld and a cast"
        elif text != text.strip(" ") and not text.endswith(": "):
            yield f"{name}:{line}: '{text}' has a gap in it; leave gaps to whoever draws"


def files_with_words():
    for folder in ("apps", "common"):
        for path in sorted((SOURCE / folder).rglob("*.[ch]")):
            if MARKED.search(path.read_text(encoding="utf-8")):
                yield path.relative_to(SOURCE).as_posix()
    for path in sorted((SOURCE / "data/desktop").glob("*.in")):
        yield path.relative_to(SOURCE).as_posix()


def main():
    wanted = HEADING + "".join(name + "\n" for name in sorted(files_with_words()))
    if "--write" in sys.argv:
        LIST.write_text(wanted, encoding="utf-8")
        return 0
    found = LIST.read_text(encoding="utf-8")
    for name in sorted(set(wanted.split("\n")) ^ set(found.split("\n"))):
        print(f"po/POTFILES.in: {'lacks' if name in wanted.split(chr(10)) else 'should not have'} {name}")
    if found != wanted:
        print("po/POTFILES.in is not fresh; 'ninja -C build potfiles' makes it so")
    faults = [fault for name in files_with_words() if name.endswith((".c", ".h")) for fault in text_faults(name)]
    print("\n".join(faults))
    return 0 if found == wanted and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
