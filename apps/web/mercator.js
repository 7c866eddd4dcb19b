// SPDX-License-Identifier: Apache-2.0
// The world as Leaflet sees it (Web Mercator), in 0..1 each way, and a view of it: centre, zoom and size in pixels.

/** @typedef {{ x: number, y: number, zoom: number, width: number, height: number }} View */

const MAX_LAT = 85.0511287798;

/** @param {number} lon */
export function worldX(lon) {
  return lon / 360 + 0.5;
}

/** @param {number} lat */
export function worldY(lat) {
  const sin = Math.sin((Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
}

/** @param {number} x */
export function lonOf(x) {
  return (x - 0.5) * 360;
}

/** @param {number} y */
export function latOf(y) {
  return (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;
}

/** Pixels for the whole world.
 * @param {number} zoom */
export function worldPixels(zoom) {
  return 256 * 2 ** zoom;
}

const EARTH_M = 40075016.7; // the equator of WGS 84

/** Metres to a pixel in the middle of the view.
 * @param {View} view */
export function metresPerPixel(view) {
  return (EARTH_M * Math.cos((latOf(view.y) * Math.PI) / 180)) / worldPixels(view.zoom);
}

/** Metres between two places of the world that are near each other.
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2 */
export function metresBetween(x1, y1, x2, y2) {
  return Math.hypot(x2 - x1, y2 - y1) * EARTH_M * Math.cos((latOf(y1) * Math.PI) / 180);
}
