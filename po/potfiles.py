#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""po/POTFILES.in lists every file with words for users, sorted. --write makes it so; without it, differences fail."""
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(os.environ["FLEETWIRE_SOURCE"])
LIST = SOURCE / "po/POTFILES.in"
HEADING = "# SPDX-" + "License-Identifier: Apache-2.0\n# Written by `ninja -C build potfiles`.\n"
MARKED = re.compile(r'\b(?:_|N_|C_|ngettext) ?\(\s*"')


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
    return 0 if found == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
