// SPDX-License-Identifier: Apache-2.0
// The one layer on the Leaflet map: a canvas over the whole of it, drawn as often as what moves moves by half a pixel,
// at most 30 times a second, and never for more than a quarter of the time. Leaflet owns centre and zoom; the layer
// follows: at once while panning, with a short glide after a zoom.
import * as L from './vendor/leaflet/leaflet.esm.js';
import { shareDone, viewBetween } from './glide.js';
import { drawChosenMark, drawCluster, drawLabel, drawVehicle, clusterRadius } from './glyphs.js';
import { say } from './text.js';
import { drawGraticule, drawScale } from './map-frame.js';
import { worldPixels, worldX, worldY } from './mercator.js';
import { isCalm, onPalette, palette } from './palette.js';
import { shown } from './vehicles.js';

/** @import { Cluster } from './glyphs.js' */
/** @import { View } from './mercator.js' */
/** @import { Vehicle, Vehicles } from './vehicles.js' */

const FRAME_MS = 33;
const SLOWEST_FRAME_MS = 250;
const STEP_PX = 0.5;
const BUSY_SHARE = 0.25;
const ZOOM_GLIDE_MS = 240;
const REACH_PX = 16;
const NAMES_ZOOM = 15;
const NAMES_MAX = 60;
const TRAIL_ALPHA = 0.55;

export class FleetLayer extends L.Layer {
  /** @param {Vehicles} vehicles
   * @param {{ isStale: (vehicle: Vehicle) => boolean }} rules */
  constructor(vehicles, rules) {
    super();
    this.vehicles = vehicles;
    this.rules = rules;
    /** @type {string | null} */ this.chosenKey = null;
    /** @type {string | null} */ this.hoverKey = null;
    /** @type {{ vehicle: Vehicle, x: number, y: number }[]} */ this.singles = [];
    /** @type {Cluster[]} */ this.clusters = [];
    /** @type {View | null} */ this.from = null;
    this.zoomedAtMs = 0;
    this.drawnAtMs = 0;
    this.drawTookMs = 0;
    this.pixelsPerMs = 0;
    this.isDirty = true;
  }

  /** @param {any} map */
  onAdd(map) {
    this.map = map;
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('aria-hidden', 'true');
    map.getContainer().append(this.canvas);
    map.on('move resize viewreset', this.touch, this);
    map.on('zoomstart', this.startGlide, this);
    onPalette(() => {
      this.vehicles.roads.forgetPicture();
      this.touch();
    });
    const turn = (/** @type {number} */ timeMs) => {
      this.turn(timeMs);
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
    return this;
  }

  touch() {
    this.isDirty = true;
  }

  startGlide() {
    this.from = this.viewNow(performance.now());
    this.zoomedAtMs = performance.now();
  }

  /** @returns {View} */
  target() {
    const centre = this.map.getCenter();
    const size = this.map.getSize();
    return { x: worldX(centre.lng), y: worldY(centre.lat), zoom: this.map.getZoom(), width: size.x, height: size.y };
  }

  /** @param {number} nowMs
   * @returns {View} */
  viewNow(nowMs) {
    const to = this.target();
    return this.from && !isCalm() ? viewBetween(this.from, to, shareDone(this.zoomedAtMs, ZOOM_GLIDE_MS, nowMs)) : to;
  }

  /** @param {number} nowMs */
  turn(nowMs) {
    if (nowMs - this.drawnAtMs < FRAME_MS || !this.canvas?.offsetParent) return;
    const isGliding = nowMs - this.zoomedAtMs < ZOOM_GLIDE_MS;
    if (!this.isDirty && !isGliding && nowMs - this.drawnAtMs < this.restMs()) return;
    this.drawnAtMs = nowMs;
    this.isDirty = false;
    const beganMs = performance.now();
    this.draw(this.viewNow(nowMs), nowMs, !isGliding);
    this.drawTookMs = this.drawTookMs * 0.8 + (performance.now() - beganMs) * 0.2;
  }

  /** Until the next picture is worth its cost. */
  restMs() {
    if (isCalm()) return 2 * SLOWEST_FRAME_MS;
    const forMotion = this.pixelsPerMs ? STEP_PX / this.pixelsPerMs : SLOWEST_FRAME_MS;
    return Math.min(SLOWEST_FRAME_MS, Math.max(FRAME_MS, this.drawTookMs / BUSY_SHARE, forMotion));
  }

  /** @param {View} view
   * @param {number} nowMs
   * @param {boolean} isResting */
  draw(view, nowMs, isResting) {
    const canvas = /** @type {HTMLCanvasElement} */ (this.canvas);
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== Math.round(view.width * ratio) || canvas.height !== Math.round(view.height * ratio)) {
      canvas.width = Math.round(view.width * ratio);
      canvas.height = Math.round(view.height * ratio);
      canvas.style.width = `${view.width}px`;
      canvas.style.height = `${view.height}px`;
    }
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    drawGraticule(context, view);
    this.vehicles.roads.draw(context, view, isResting);
    Object.assign(this, this.vehicles.arrange(view, nowMs, this.chosenKey));
    for (const { vehicle } of this.singles) this.drawTrail(context, view, vehicle, nowMs);
    this.drawAll(context, view);
    drawScale(context, view, this.vehicles.roads.n ? say('map.roads') : '');
  }

  /** @param {CanvasRenderingContext2D} context
   * @param {View} view */
  drawAll(context, view) {
    const size = Math.max(5, Math.min(10, 5 + (view.zoom - 11) * 1.1));
    const rank = (/** @type {Vehicle} */ v) => (v.row.severity === 'critical' ? 2 : v.row.severity === 'warning' ? 1 : 0);
    this.singles.sort((a, b) => rank(a.vehicle) - rank(b.vehicle));
    for (const { vehicle, x, y } of this.singles) drawVehicle(context, vehicle, x, y, size, this.rules.isStale(vehicle));
    for (const cluster of this.clusters) drawCluster(context, cluster);
    this.drawNames(context, view, size);
  }

  /** @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Vehicle} vehicle
   * @param {number} nowMs */
  drawTrail(context, view, vehicle, nowMs) {
    const { trail } = vehicle;
    if (!trail.length) return;
    const pixels = worldPixels(view.zoom);
    const left = view.x * pixels - view.width / 2;
    const top = view.y * pixels - view.height / 2;
    const [x, y] = shown(vehicle, nowMs);
    const isChosen = vehicle.key === this.chosenKey;
    const points = [...trail.slice(0, -1), { x: vehicle.fromX, y: vehicle.fromY }, { x, y }];
    context.strokeStyle = palette.trail;
    context.lineWidth = isChosen ? 3 : 1.6;
    context.lineCap = 'butt';
    for (let i = 1; i < points.length; i++) {
      context.globalAlpha = (isChosen ? 0.9 : TRAIL_ALPHA) * (i / points.length) ** 2;
      context.beginPath();
      context.moveTo(points[i - 1].x * pixels - left, points[i - 1].y * pixels - top);
      context.lineTo(points[i].x * pixels - left, points[i].y * pixels - top);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /** Names of what is chosen, pointed at or critical, and near the ground of all; none over another.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {number} size */
  drawNames(context, view, size) {
    const isNamed = (/** @type {Vehicle} */ v) =>
      v.key === this.chosenKey || v.key === this.hoverKey || v.row.severity === 'critical' || view.zoom >= NAMES_ZOOM;
    /** @type {{ x: number, y: number }[]} */
    const taken = [];
    for (const { vehicle, x, y } of this.singles.toReversed()) {
      if (vehicle.key === this.chosenKey) drawChosenMark(context, x, y, size);
      if (!isNamed(vehicle) || taken.length >= NAMES_MAX) continue;
      const isWanted = vehicle.key === this.chosenKey || vehicle.key === this.hoverKey;
      if (!isWanted && taken.some((t) => Math.abs(t.x - x) < 90 && Math.abs(t.y - y) < 14)) continue;
      taken.push({ x, y });
      drawLabel(context, vehicle, x, y, size);
    }
  }

  /** What is under a place of the map.
   * @param {{ x: number, y: number }} at
   * @returns {{ vehicle?: Vehicle, cluster?: Cluster }} */
  hit(at) {
    const cluster = this.clusters.find((c) => Math.hypot(c.x - at.x, c.y - at.y) <= clusterRadius(c.n));
    let best = REACH_PX;
    let vehicle;
    for (const single of this.singles) {
      const distance = Math.hypot(single.x - at.x, single.y - at.y);
      if (distance < best) [best, vehicle] = [distance, single.vehicle];
    }
    return vehicle ? { vehicle } : { cluster };
  }
}
