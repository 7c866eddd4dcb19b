# SPDX-License-Identifier: Apache-2.0
"""The unit tests of scripts, fleetwire.js as a module of its own, and the types of all scripts."""
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).parent
WEB = HERE.parents[1] / "apps" / "web"


def said(argv, **options):
    done = subprocess.run(argv, capture_output=True, text=True, timeout=240, **options)
    return done.returncode, done.stdout + done.stderr


def test_the_unit_tests_of_scripts_pass():
    status, output = said(["node", "--test", *map(str, sorted(HERE.glob("*.test.mjs")))])
    assert status == 0, output
    assert re.search(r"^. tests (\d+)$", output, re.MULTILINE) and re.search(r"^. fail 0$", output, re.MULTILINE), output


def test_it_is_small_and_depends_on_nothing():
    text = (WEB / "fleetwire.js").read_text()
    assert len(text.encode()) < 15000
    assert not re.search(r"^\s*import\s.*from", text, re.MULTILINE)
    assert "document" not in text


def test_types_hold_in_every_script(tmp_path):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, tmp_path)
    status, output = said(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=tmp_path)
    assert status == 0, output
    compiler = tmp_path / "node_modules" / ".bin" / "tsc"
    status, output = said([str(compiler), "-p", str(HERE / "tsconfig.json")], env={**os.environ, "NO_COLOR": "1"})
    assert status == 0, output


def test_every_word_is_in_the_one_place():
    known = set(re.findall(r"^  '([a-z0-9_.]+)':", (WEB / "text.js").read_text(), re.MULTILINE))
    used = set()
    for script in WEB.glob("*.js"):
        used |= set(re.findall(r"say\('([a-z0-9_.]+)'", script.read_text()))
    used |= set(re.findall(r'data-(?:text|label|hint)="([a-z0-9_.]+)"', (WEB / "index.html").read_text()))
    assert used <= known, used - known


def test_the_page_holds_no_script_or_style_of_its_own():
    page = (WEB / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)
    for script in WEB.glob("*.js"):
        assert not re.search(r"\.(inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text()), script.name


def test_every_file_of_the_page_is_installed():
    listed = set(re.findall(r"'([^']+\.(?:js|css|html|svg|ts))'", (WEB / "meson.build").read_text()))
    assert listed == {p.name for p in WEB.iterdir() if p.suffix in (".js", ".css", ".html", ".svg", ".ts")}
