# SPDX-License-Identifier: Apache-2.0
"""A few vehicles driving around blocks of Austin, as a plain producer tells them: enough to make a screen live."""
import json
import math
import threading

from confluent_kafka import Producer

CENTRE = (30.2672, -97.7431)
BLOCK_DEG = 0.004
STEP = 0.035  # of a round, a second: about 45 km/h


class LittleFleet:
    """Every device moves at each step, but for those named still. name(i) makes a device_id."""

    def __init__(self, address, devices, name="TRK-{:04d}".format, still=(), every_s=0.5):
        self.names = [name(i) for i in range(devices)]
        self.still = set(still)
        self.every_s = every_s
        self.producer = Producer({"bootstrap.servers": address, "log_level": 0, "linger.ms": 1})
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._drive, daemon=True)
        self.thread.start()

    def _drive(self):
        step = 0
        while not self.ended.is_set():
            for i, name in enumerate(self.names):
                self.producer.produce("iot-events", json.dumps(self._event(i, name, step)).encode())
            self.producer.poll(0)
            step += 1
            self.ended.wait(self.every_s)

    def _event(self, i, name, step):
        is_still = name in self.still
        turn = 0 if is_still else step * STEP * self.every_s * 2 * math.pi + i
        lat = CENTRE[0] + BLOCK_DEG * (i % 7) + BLOCK_DEG * math.cos(turn)
        lon = CENTRE[1] + BLOCK_DEG * (i // 7) + BLOCK_DEG * math.sin(turn)
        return {
            "device_id": name, "lat": lat, "lon": lon, "speed_kmh": 0 if is_still else 30 + i % 40,
            "heading_deg": math.degrees(turn + math.pi / 2) % 360, "temp_c": 4 + i % 5, "ignition": not is_still,
        }

    def stop(self):
        self.ended.set()
        self.thread.join()
        self.producer.flush(5)
