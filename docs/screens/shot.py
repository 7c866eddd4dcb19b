#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Takes a picture of the real terminal: runs a command in tmux at a size, captures the pane, writes SVG.

    docs/screens/shot.py overview.svg 100x30 20 -- ./dev demo --listen 127.0.0.1:18199

Needs tmux, and PyPI's `rich` for the SVG.
"""
import io
import os
import re
import subprocess
import sys
import time

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

DARK = TerminalTheme((13, 17, 23), (201, 209, 217),
                     [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255),
                      (57, 197, 207), (177, 186, 196)],
                     [(110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65), (121, 192, 255),
                      (210, 168, 255), (86, 212, 221), (240, 246, 252)])
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {terminal_width} {terminal_height}" role="img">
<!-- SPDX-License-Identifier: Apache-2.0 -->
<style>
.{unique_id}-matrix {{ font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g transform="translate(9, 9)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def tmux(server, *words):
    return subprocess.run(["tmux", "-L", server, "-f", "/dev/null", *words], check=True, capture_output=True,
                          text=True).stdout


def capture(width, height, seconds, command, keys):
    server = f"shot{os.getpid()}"
    environment = "LC_ALL=C.UTF-8 TERM=tmux-256color COLORTERM= TZ=America/Chicago"
    try:
        tmux(server, "new-session", "-d", "-s", "s", "-x", str(width), "-y", str(height), f"{environment} {command}")
        time.sleep(seconds)
        for key in keys:
            tmux(server, "send-keys", "-t", "s", key)
            time.sleep(1)
        picture = tmux(server, "capture-pane", "-p", "-e", "-t", "s")
        tmux(server, "send-keys", "-t", "s", "q")
        time.sleep(3)
        return picture
    finally:
        subprocess.run(["tmux", "-L", server, "kill-server"], capture_output=True)


def add_margin(match):
    """Of the group that stands 9 to the right and below; without it the last line and column are cut."""
    return 'viewBox="0 0 {:.1f} {:.1f}"'.format(*(float(size) + 2 * 9 for size in match.groups()))


def svg(picture, width):
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor",
                      legacy_windows=False)
    for line in picture.rstrip("\n").split("\n"):
        console.print(Text.from_ansi(line), no_wrap=True, overflow="crop")
    text = console.export_svg(title="", theme=DARK, code_format=FORMAT, unique_id="fw")
    text = re.sub(r'<text [^>]*>\n</text>', "", text)
    text = re.sub(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', add_margin, text)
    return re.sub(r' clip-path="[^"]*"', "", text)


def main():
    mark = sys.argv.index("--")
    out, size, seconds, *keys = sys.argv[1:mark]
    width, height = map(int, size.split("x"))
    with open(out, "w") as file:
        file.write(svg(capture(width, height, float(seconds), " ".join(sys.argv[mark + 1:]), keys), width))


if __name__ == "__main__":
    main()
