# SPDX-License-Identifier: Apache-2.0
"""Waiting until something is so, with a deadline and a reason; never a sleep for luck."""
import os
import time

# Sanitizers and busy machines are slow; a deadline only says when to give up.
PATIENCE = float(os.environ.get("FLEETWIRE_TEST_PATIENCE", "30"))


def until(claim, what, seconds=PATIENCE, every=0.02):
    """Calls claim() until it returns something true, which is returned; fails saying what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        result = claim()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(every)
