# SPDX-License-Identifier: Apache-2.0
"""python follow.py URL REQUEST: a client of fleetwire.v1+json; prints each message it gets, with its time, one a line."""
import json
import sys
import time

from websockets.sync.client import connect


def main(url, request):
    with connect(url, subprotocols=["fleetwire.v1+json"], max_size=None) as socket:
        socket.send(request)
        for text in socket:
            print(json.dumps({"at_ms": time.time_ns() // 1_000_000, **json.loads(text)}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
