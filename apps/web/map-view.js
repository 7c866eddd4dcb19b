// SPDX-License-Identifier: Apache-2.0
// The map: Leaflet for hands and keys, one layer of ours for all that is seen. No tiles: nothing leaves the relay.
import * as L from './vendor/leaflet/leaflet.esm.js';
import { FleetLayer } from './fleet-layer.js';
import { latOf, lonOf } from './mercator.js';
import { say } from './text.js';
import { Vehicles } from './vehicles.js';

/** @import { Change, FleetSubscription } from './fleetwire.js' */
/** @import { Box } from './live.js' */
/** @import { Vehicle } from './vehicles.js' */

const FIT_ZOOM_MAX = 15;
const SETTLING_MS = 12000; // while the first fixes come in, the view grows with them
const STRAYS = 0.03;
const BOX_MARGIN = 0.25;

export class MapView {
  vehicles = new Vehicles();
  isFollowing = false;
  hasFitted = false;
  isTouched = false; // then the view is the reader's
  /** @type {number | null} */ firstSeenMs = null;

  /** @param {HTMLElement} container
   * @param {{ onChoose: (vehicle: Vehicle | null) => void, onBox: (box: Box) => void, onTouched: () => void, isStale: (vehicle: Vehicle) => boolean }} hooks */
  constructor(container, hooks) {
    this.container = container;
    this.hooks = hooks;
    this.map = L.map(container, {
      zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false,
      zoomSnap: 0.25, zoomDelta: 1, wheelPxPerZoomLevel: 110, minZoom: 2, maxZoom: 19, center: [25, 0], zoom: 2.5, tap: false,
    });
    this.layer = new FleetLayer(this.vehicles, hooks).addTo(this.map);
    this.map.on('moveend', () => hooks.onBox(this.box()));
    this.map.on('dragstart', () => this.touched());
    this.map.on('click', (/** @type {any} */ event) => this.click(event.containerPoint));
    this.map.on('mousemove', (/** @type {any} */ event) => this.point(event.containerPoint));
    for (const type of ['wheel', 'keydown', 'dblclick', 'touchstart'])
      container.addEventListener(type, () => this.touched(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(container);
  }

  touched() {
    this.isTouched = true;
    if (this.isFollowing) this.hooks.onTouched();
  }

  resized() {
    this.map.invalidateSize({ pan: false });
    this.refit();
  }

  /** @param {FleetSubscription} sub
   * @param {Change} change */
  take(sub, change) {
    const nowMs = performance.now();
    if (change.kind === 'snapshot') {
      const gone = [...this.vehicles.byKey.values()].filter(({ key }) => !sub.rows.has(key)).map(({ row }) => row);
      for (const { fleet, device_id } of gone) this.vehicles.byKey.delete(`${fleet}/${device_id}`);
    }
    this.vehicles.take(change.changed, change.left, nowMs);
    this.layer.touch();
    this.settle();
    if (this.isFollowing) this.centreOnChosen();
    this.container.setAttribute('aria-label', say('map.label', { n: this.vehicles.byKey.size }));
  }

  settle() {
    if (this.vehicles.byKey.size === 0 || this.map.getSize().x === 0) return;
    const nowMs = performance.now();
    this.firstSeenMs ??= nowMs;
    if (!this.isTouched && (nowMs - this.firstSeenMs < SETTLING_MS || !this.hasFitted)) this.fit(this.hasFitted);
  }

  /** The map's free part has another shape. */
  refit() {
    if (!this.isTouched && this.map.getSize().x > 0) this.fit();
  }

  /** @param {boolean} onlyIfOutside keep the view while everybody is in it
   * @param {number} strays share of the outermost to leave out on each side */
  fit(onlyIfOutside = false, strays = STRAYS) {
    const extent = this.vehicles.extent(strays);
    if (!extent) return;
    const bounds = L.latLngBounds([latOf(extent.maxY), lonOf(extent.minX)], [latOf(extent.minY), lonOf(extent.maxX)]);
    if (onlyIfOutside && this.map.getBounds().contains(bounds)) return;
    this.hasFitted = true;
    const size = this.map.getSize();
    const below = this.coveredBelow();
    this.map.fitBounds(bounds, {
      paddingTopLeft: [26, 30], paddingBottomRight: [26, Math.min(size.y * 0.7, below + 34)], maxZoom: FIT_ZOOM_MAX, animate: false,
    });
  }

  showAll() {
    this.touched();
    this.fit(false, 0);
  }

  /** How much of the map's foot the sheet hides on a phone. */
  coveredBelow() {
    return Number(getComputedStyle(this.container).getPropertyValue('--covered-px')) || 0;
  }

  /** How much of its right side an open device hides on a desk. */
  coveredRight() {
    return Number(getComputedStyle(this.container).getPropertyValue('--covered-right-px')) || 0;
  }

  /** @returns {Box} */
  box() {
    const bounds = this.map.getBounds().pad(BOX_MARGIN);
    const clampLon = (/** @type {number} */ lon) => Math.max(-180, Math.min(180, lon));
    const clampLat = (/** @type {number} */ lat) => Math.max(-90, Math.min(90, lat));
    return [clampLon(bounds.getWest()), clampLat(bounds.getSouth()), clampLon(bounds.getEast()), clampLat(bounds.getNorth())];
  }

  /** @param {string | null} key */
  choose(key) {
    this.layer.chosenKey = key;
    this.layer.touch();
    if (key === null) this.isFollowing = false;
    else this.reveal(key);
  }

  /** Pans only if the chosen one cannot be seen.
   * @param {string} key */
  reveal(key) {
    const vehicle = this.vehicles.byKey.get(key);
    if (!vehicle || this.map.getSize().x === 0) return;
    const at = this.map.latLngToContainerPoint([latOf(vehicle.y), lonOf(vehicle.x)]);
    const size = this.map.getSize();
    const isSeen = at.x > 30 && at.y > 30 && at.x < size.x - 30 - this.coveredRight() && at.y < size.y - 30 - this.coveredBelow();
    if (!isSeen) this.centreOn(vehicle);
  }

  /** @param {boolean} isFollowing */
  follow(isFollowing) {
    this.isFollowing = isFollowing;
    if (isFollowing && this.map.getZoom() < 14) this.map.setZoom(14);
    if (isFollowing) this.centreOnChosen();
  }

  centreOnChosen() {
    const vehicle = this.vehicles.byKey.get(this.layer.chosenKey ?? '');
    if (vehicle) this.centreOn(vehicle);
  }

  /** @param {Vehicle} vehicle */
  centreOn(vehicle) {
    this.isTouched = true;
    const zoom = this.map.getZoom();
    const at = this.map.project([latOf(vehicle.y), lonOf(vehicle.x)], zoom).add([this.coveredRight() / 2, this.coveredBelow() / 2]);
    this.map.panTo(this.map.unproject(at, zoom), { animate: !matchMedia('(prefers-reduced-motion: reduce)').matches, duration: 0.4 });
  }

  /** @param {{ x: number, y: number }} at */
  click(at) {
    const { vehicle, cluster } = this.layer.hit(at);
    if (!cluster) return this.hooks.onChoose(vehicle ?? null);
    this.touched();
    const bounds = L.latLngBounds(cluster.members.map((/** @type {Vehicle} */ m) => [latOf(m.y), lonOf(m.x)]));
    const zoom = Math.min(this.map.getBoundsZoom(bounds, false, [60, 60]), this.map.getZoom() + 3);
    this.map.setView(bounds.getCenter(), Math.max(zoom, this.map.getZoom() + 1), { animate: false });
  }

  /** @param {{ x: number, y: number }} at */
  point(at) {
    const { vehicle, cluster } = this.layer.hit(at);
    this.layer.hoverKey = vehicle?.key ?? null;
    this.layer.touch();
    this.container.style.cursor = vehicle || cluster ? 'pointer' : '';
  }

  /** @param {string | null} key the row that the pointer is on */
  hover(key) {
    this.layer.hoverKey = key;
    this.layer.touch();
  }

  /** @param {number} step */
  zoom(step) {
    this.touched();
    this.map.setZoom(this.map.getZoom() + step, { animate: false });
  }
}
