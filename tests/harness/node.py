# SPDX-License-Identifier: Apache-2.0
"""The npm packages of tests/flow/node, installed once per lock file in the user's cache."""
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess

from .programs import SOURCE

PACKAGES = SOURCE / "tests" / "flow" / "node"


def node_environment():
    """What a script under tests/flow/node needs to find its packages."""
    lock_file = PACKAGES / "package-lock.json"
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "fleetwire"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"node-{hashlib.sha256(lock_file.read_bytes()).hexdigest()[:12]}"
    with open(cache / "node.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _install(folder)
    return {"NODE_PATH": str(folder / "node_modules")}


def _install(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(PACKAGES / name, folder)
    done = subprocess.run(["npm", "ci", "--silent"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"npm ci: {done.stdout[-1000:]}{done.stderr[-2000:]}"
    (folder / "ready").touch()
