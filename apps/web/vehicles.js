// SPDX-License-Identifier: Apache-2.0
// The vehicles of the map: where each was, is, and is shown between two fixes; what roads they drew; which of them
// stand so close that one disc must stand for them.
import { rowKey } from './fleetwire.js';
import { undirected } from './format.js';
import { shareDone } from './glide.js';
import { clusterRadius } from './glyphs.js';
import { metresBetween, worldPixels, worldX, worldY } from './mercator.js';
import { isCalm } from './palette.js';
import { RoadMemory } from './road-memory.js';

/** @import { Row, Left } from './fleetwire.js' */
/** @import { Cluster } from './glyphs.js' */
/** @import { View } from './mercator.js' */
/** @typedef {{ key: string, label: string, row: Row, x: number, y: number, fromX: number, fromY: number, atMs: number,
 *   takesMs: number, heading: number, trail: { x: number, y: number, atMs: number }[] }} Vehicle */

const GLIDE_MIN_MS = 250;
const GLIDE_MAX_MS = 3200;
const JUMP_M = 3000; // further than this in one fix is shown as it is: a jump
const TRAIL_MS = 45000;
const TRAIL_POINTS = 24;
const MANY = 50;
const TURN_SHARE = 0.5;
const CELL_PX = 36;
const CROWD = 9; // more than this in one cell become a disc
const CLOSE_ZOOM = 16; // from here on everybody is shown

export class Vehicles {
  /** @type {Map<string, Vehicle>} */ byKey = new Map();
  roads = new RoadMemory();

  /** @param {Row[]} rows
   * @param {Left[]} left
   * @param {number} nowMs */
  take(rows, left, nowMs) {
    for (const gone of left) this.byKey.delete(rowKey(gone));
    for (const row of rows) {
      if (typeof row.lat !== 'number' || typeof row.lon !== 'number') this.byKey.delete(rowKey(row));
      else this.place(row, worldX(row.lon), worldY(row.lat), nowMs);
    }
  }

  /** @param {Row} row
   * @param {number} x
   * @param {number} y
   * @param {number} nowMs */
  place(row, x, y, nowMs) {
    const key = rowKey(row);
    const held = this.byKey.get(key);
    if (!held) {
      const heading = radians(row.heading_deg ?? 0);
      this.byKey.set(key, { key, label: undirected(row.device_id), row, x, y, fromX: x, fromY: y, atMs: nowMs, takesMs: 0, heading, trail: [] });
      return;
    }
    held.row = row;
    if (held.x === x && held.y === y) return;
    this.move(held, x, y, nowMs);
  }

  /** @param {Vehicle} vehicle
   * @param {number} x
   * @param {number} y
   * @param {number} nowMs */
  move(vehicle, x, y, nowMs) {
    const [shownX, shownY] = shown(vehicle, nowMs);
    const metres = metresBetween(vehicle.x, vehicle.y, x, y);
    if (vehicle.row.fix !== false) this.roads.add(vehicle.x, vehicle.y, x, y);
    vehicle.heading = turned(vehicle, metres > 5 ? Math.atan2(x - vehicle.x, -(y - vehicle.y)) : vehicle.heading);
    vehicle.trail.push({ x: vehicle.x, y: vehicle.y, atMs: nowMs });
    while (vehicle.trail.length > TRAIL_POINTS || (vehicle.trail[0] && nowMs - vehicle.trail[0].atMs > TRAIL_MS)) vehicle.trail.shift();
    if (metres > JUMP_M) vehicle.trail.length = 0;
    const isInstant = isCalm() || metres > JUMP_M;
    const gap = Math.max(GLIDE_MIN_MS, Math.min(GLIDE_MAX_MS, nowMs - vehicle.atMs));
    Object.assign(vehicle, { fromX: isInstant ? x : shownX, fromY: isInstant ? y : shownY, x, y, atMs: nowMs, takesMs: isInstant ? 0 : gap });
  }

  /** The corners of all but the strays, in world coordinates.
   * @param {number} strays share of the outermost to leave out on each side
   * @returns {{ minX: number, minY: number, maxX: number, maxY: number } | null} */
  extent(strays) {
    if (this.byKey.size === 0) return null;
    const xs = [...this.byKey.values()].map((v) => v.x).sort((a, b) => a - b);
    const ys = [...this.byKey.values()].map((v) => v.y).sort((a, b) => a - b);
    const stray = xs.length > MANY ? Math.floor(xs.length * strays) : 0;
    return { minX: xs[stray], maxX: xs[xs.length - 1 - stray], minY: ys[stray], maxY: ys[ys.length - 1 - stray] };
  }

  /** Those in view: single ones with their pixels, and discs. Cells are fixed to the ground, so that panning changes none.
   * @param {View} view
   * @param {number} nowMs
   * @param {string | null} chosenKey */
  arrange(view, nowMs, chosenKey) {
    const pixels = worldPixels(view.zoom);
    const left = view.x * pixels - view.width / 2;
    const top = view.y * pixels - view.height / 2;
    /** @type {Map<number, { vehicle: Vehicle, x: number, y: number }[]>} */
    const cells = new Map();
    let pixelsPerMs = 0;
    for (const vehicle of this.byKey.values()) {
      const [worldAtX, worldAtY] = shown(vehicle, nowMs);
      const x = worldAtX * pixels - left;
      const y = worldAtY * pixels - top;
      if (x < -40 || y < -40 || x > view.width + 40 || y > view.height + 40) continue;
      pixelsPerMs = Math.max(pixelsPerMs, speed(vehicle, nowMs) * pixels);
      const cell = Math.floor((vehicle.x * pixels) / CELL_PX) * 1e7 + Math.floor((vehicle.y * pixels) / CELL_PX);
      const list = cells.get(cell);
      if (list) list.push({ vehicle, x, y });
      else cells.set(cell, [{ vehicle, x, y }]);
    }
    return { ...split(cells, view.zoom, chosenKey), pixelsPerMs };
  }
}

/** @param {Map<number, { vehicle: Vehicle, x: number, y: number }[]>} cells
 * @param {number} zoom
 * @param {string | null} chosenKey */
function split(cells, zoom, chosenKey) {
  /** @type {{ vehicle: Vehicle, x: number, y: number }[]} */
  const singles = [];
  /** @type {Cluster[]} */
  const clusters = [];
  for (const list of cells.values()) {
    if (list.length <= CROWD || zoom >= CLOSE_ZOOM) {
      singles.push(...list);
      continue;
    }
    singles.push(...list.filter(({ vehicle }) => vehicle.key === chosenKey));
    clusters.push(clusterOf(list));
  }
  return { singles, clusters: merged(clusters) };
}

/** @param {{ vehicle: Vehicle, x: number, y: number }[]} list
 * @returns {Cluster} */
function clusterOf(list) {
  const members = list.map(({ vehicle }) => vehicle);
  const has = (/** @type {string} */ severity) => members.some(({ row }) => row.severity === severity);
  return {
    x: list.reduce((sum, at) => sum + at.x, 0) / list.length,
    y: list.reduce((sum, at) => sum + at.y, 0) / list.length,
    n: list.length,
    nMoving: members.filter(({ row }) => row.status === 'moving').length,
    severity: has('critical') ? 'critical' : has('warning') ? 'warning' : 'none',
    members,
  };
}

/** Discs that would lie on each other become one.
 * @param {Cluster[]} clusters */
function merged(clusters) {
  clusters.sort((a, b) => b.n - a.n);
  /** @type {Cluster[]} */
  const kept = [];
  for (const cluster of clusters) {
    const host = kept.find((k) => Math.hypot(k.x - cluster.x, k.y - cluster.y) < (clusterRadius(k.n) + clusterRadius(cluster.n)) * 0.8);
    if (!host) {
      kept.push(cluster);
      continue;
    }
    const n = host.n + cluster.n;
    host.x = (host.x * host.n + cluster.x * cluster.n) / n;
    host.y = (host.y * host.n + cluster.y * cluster.n) / n;
    host.nMoving += cluster.nMoving;
    host.members.push(...cluster.members);
    if (cluster.severity === 'critical' || host.severity === 'none') host.severity = cluster.severity;
    host.n = n;
  }
  return kept;
}

/** Where a vehicle is drawn now, on its way from where it was to where it said it is.
 * @param {Vehicle} vehicle
 * @param {number} nowMs
 * @returns {[number, number]} */
export function shown(vehicle, nowMs) {
  const share = shareDone(vehicle.atMs, vehicle.takesMs, nowMs);
  return [vehicle.fromX + (vehicle.x - vehicle.fromX) * share, vehicle.fromY + (vehicle.y - vehicle.fromY) * share];
}

/** How fast it glides, in worlds a millisecond.
 * @param {Vehicle} vehicle
 * @param {number} nowMs */
function speed({ x, y, fromX, fromY, atMs, takesMs }, nowMs) {
  return nowMs - atMs < takesMs ? Math.hypot(x - fromX, y - fromY) / takesMs : 0;
}

/** The device's own heading if it has one, else that of its way; turned towards by half each fix, the short way round.
 * @param {Vehicle} vehicle
 * @param {number} ofWay */
function turned(vehicle, ofWay) {
  const { heading_deg } = vehicle.row;
  if (typeof heading_deg === 'number') return radians(heading_deg);
  const turn = Math.atan2(Math.sin(ofWay - vehicle.heading), Math.cos(ofWay - vehicle.heading));
  return vehicle.heading + turn * TURN_SHARE;
}

/** @param {number} degrees */
function radians(degrees) {
  return (degrees * Math.PI) / 180;
}
