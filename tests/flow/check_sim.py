#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Judges what the simulator says by physics and by its own roads; shares no code with it.

    fleetwire sim --roads roads.geojson
    fleetwire sim --stdout --fast --devices 300 --seconds 3600 | check_sim.py roads.geojson

Prints one JSON object of what was measured and exits 1 with a sentence for each bar that was missed."""
import json
import math
import sys

ACCEL_MIN, ACCEL_MAX = -4.0, 1.3  # m/s2
ROAD_MAX_M = 30.0
MINUTE_SHARE, MINUTE_M = 0.05, 30.0
DOOR_MAX_KMH = STOPPED_KMH = 3.0
STOPPED_SHARE = (0.15, 0.60)
GAP_MS = 10_000  # reports further apart are no neighbours: the device was silent
M_PER_DEG = 6371008.8 * math.pi / 180.0
CELL_M = 150.0


class Roads:
    """Segments in square cells, in metres east and north of the first point."""

    def __init__(self, geojson):
        lines = [feature["geometry"]["coordinates"] for feature in geojson["features"]]
        self.lon0, self.lat0 = lines[0][0]
        self.per_lon = M_PER_DEG * math.cos(math.radians(self.lat0))
        self.cells = {}
        for line in lines:
            points = [self.metres(lat, lon) for lon, lat in line]
            for a, b in zip(points, points[1:]):
                self._add(a, b)

    def metres(self, lat, lon):
        return (lon - self.lon0) * self.per_lon, (lat - self.lat0) * M_PER_DEG

    def _add(self, a, b):
        (ax, ay), (bx, by) = a, b
        x0, x1 = sorted((ax, bx))
        y0, y1 = sorted((ay, by))
        segment = (ax, ay, bx - ax, by - ay, (bx - ax) ** 2 + (by - ay) ** 2)
        for x in range(int((x0 - ROAD_MAX_M) // CELL_M), int((x1 + ROAD_MAX_M) // CELL_M) + 1):
            for y in range(int((y0 - ROAD_MAX_M) // CELL_M), int((y1 + ROAD_MAX_M) // CELL_M) + 1):
                self.cells.setdefault((x, y), []).append(segment)

    def distance_m(self, lat, lon):
        """To the nearest road; infinite when none is within ROAD_MAX_M or so."""
        x, y = self.metres(lat, lon)
        best = math.inf
        for ax, ay, dx, dy, length2 in self.cells.get((int(x // CELL_M), int(y // CELL_M)), ()):
            share = ((x - ax) * dx + (y - ay) * dy) / length2 if length2 else 0.0
            share = min(max(share, 0.0), 1.0)
            off = (x - ax - share * dx) ** 2 + (y - ay - share * dy) ** 2
            if off < best:
                best = off
        return math.sqrt(best)


def distance_m(a, b):
    """Great circle, by haversine."""
    lat1, lat2 = math.radians(a["lat"]), math.radians(b["lat"])
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(b["lon"] - a["lon"]) / 2) ** 2
    return 2 * 6371008.8 * math.asin(math.sqrt(half))


class Judge:
    def __init__(self, roads):
        self.roads = roads
        self.last = {}  # device -> its last event
        self.minutes = {}  # device -> [minute, metres between fixes, metres by speed, is whole]
        self.off_road = {}  # device -> (lat, lon, metres)
        self.n = dict.fromkeys(
            "events accelerations accelerations_bad minutes minutes_bad off_road door_bad seq_bad time_bad".split(), 0
        )
        self.accel = [math.inf, -math.inf]
        self.farthest_m = self.worst_minute = 0.0
        self.stopped_ms = self.all_ms = 0
        self.first_fault = {}

    def fault(self, name, event):
        self.n[name] += 1
        self.first_fault.setdefault(name, event)

    def see(self, event):
        self.n["events"] += 1
        device = event["device_id"]
        last = self.last.get(device)
        self._see_road(device, event)
        if event.get("door") and event["speed_kmh"] > DOOR_MAX_KMH:
            self.fault("door_bad", event)
        if last is not None:
            self._see_pair(device, last, event)
        self.last[device] = event

    def _see_road(self, device, event):
        known = self.off_road.get(device)
        if known and known[0] == event["lat"] and known[1] == event["lon"]:
            off_m = known[2]
        else:
            off_m = self.roads.distance_m(event["lat"], event["lon"])
            self.off_road[device] = (event["lat"], event["lon"], off_m)
        self.farthest_m = max(self.farthest_m, off_m)
        if off_m > ROAD_MAX_M:
            self.fault("off_road", event)

    def _see_pair(self, device, last, event):
        if event["seq"] <= last["seq"]:
            self.fault("seq_bad", event)
        dt_ms = event["ts_ms"] - last["ts_ms"]
        if dt_ms <= 0:
            self.fault("time_bad", event)
            return
        if dt_ms > GAP_MS:
            self.minutes.pop(device, None)
            return
        v0, v1, dt = last["speed_kmh"] / 3.6, event["speed_kmh"] / 3.6, dt_ms / 1000.0
        accel = (v1 - v0) / dt
        self.n["accelerations"] += 1
        self.accel = [min(self.accel[0], accel), max(self.accel[1], accel)]
        if not ACCEL_MIN <= accel <= ACCEL_MAX:
            self.fault("accelerations_bad", event)
        self.all_ms += dt_ms
        self.stopped_ms += dt_ms if last["speed_kmh"] < STOPPED_KMH else 0
        self._see_minute(device, last, event, 0.5 * (v0 + v1) * dt)

    def _see_minute(self, device, last, event, by_speed_m):
        minute = event["ts_ms"] // 60_000
        now = self.minutes.get(device)
        if now is None or now[0] != minute:
            if now is not None and now[3]:
                self._judge_minute(now, event)
            # Only a minute that is seen from its beginning counts.
            now = self.minutes[device] = [minute, 0.0, 0.0, last["ts_ms"] // 60_000 == minute - 1]
        now[1] += distance_m(last, event)
        now[2] += by_speed_m

    def _judge_minute(self, now, event):
        self.n["minutes"] += 1
        off_m = abs(now[1] - now[2])
        self.worst_minute = max(self.worst_minute, off_m / max(MINUTE_SHARE * now[2], MINUTE_M))
        if off_m > max(MINUTE_SHARE * now[2], MINUTE_M):
            self.fault("minutes_bad", event)

    def verdict(self):
        share = self.stopped_ms / self.all_ms if self.all_ms else 0.0
        found = dict(self.n, devices=len(self.last), stopped_share=round(share, 3))
        found["acceleration_mps2"] = [round(a, 3) for a in self.accel]
        found["farthest_from_road_m"] = round(self.farthest_m, 1)
        found["worst_minute_of_allowed"] = round(self.worst_minute, 2)
        faults = [f"{self.n[name]} {name}, first: {json.dumps(event)}" for name, event in self.first_fault.items()]
        if not STOPPED_SHARE[0] <= share <= STOPPED_SHARE[1]:
            faults.append(f"share of time below 3 km/h is {share:.3f}")
        if not self.n["accelerations"] or not self.n["minutes"]:
            faults.append("too little to judge: give it at least two minutes")
        return found, faults


def judge(lines, geojson):
    """(what was measured, list of faults)"""
    court = Judge(Roads(geojson))
    for line in lines:
        court.see(json.loads(line))
    return court.verdict()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: check_sim.py ROADS.geojson [EVENTS.ndjson]")
    with open(sys.argv[1], encoding="utf-8") as roads:
        geojson = json.load(roads)
    with open(sys.argv[2], "rb") if len(sys.argv) == 3 else sys.stdin.buffer as events:
        found, faults = judge(events, geojson)
    print(json.dumps(found))
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
