// SPDX-License-Identifier: Apache-2.0
// What makes a dark rectangle read as a map: a graticule with its degrees, a scale, and north.
import { latOf, lonOf, metresPerPixel, worldPixels, worldX, worldY } from './mercator.js';
import { palette } from './palette.js';

/** @import { View } from './mercator.js' */

const STEPS_DEG = [30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LINES_APART_PX = 120;
const SCALE_PX = 110;

/** @param {CanvasRenderingContext2D} context
 * @param {View} view */
export function drawGraticule(context, view) {
  const pixels = worldPixels(view.zoom);
  const degPerPixel = 360 / pixels;
  const step = STEPS_DEG.findLast((s) => s / degPerPixel >= LINES_APART_PX) ?? STEPS_DEG[0];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)));
  const west = Math.max(-180, lonOf(view.x - view.width / 2 / pixels));
  const east = Math.min(180, lonOf(view.x + view.width / 2 / pixels));
  const north = latOf(view.y - view.height / 2 / pixels);
  const south = latOf(view.y + view.height / 2 / pixels);
  context.strokeStyle = palette.line;
  context.fillStyle = palette.faint;
  context.font = `10px ${palette.font}`;
  context.lineWidth = 1;
  context.beginPath();
  for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
    const x = Math.round((worldX(lon) - view.x) * pixels + view.width / 2) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, view.height);
    context.fillText(degrees(lon, decimals, 'E', 'W'), x + 4, 12);
  }
  for (let lat = Math.ceil(south / step) * step; lat <= north; lat += step) {
    const y = Math.round((worldY(lat) - view.y) * pixels + view.height / 2) + 0.5;
    context.moveTo(0, y);
    context.lineTo(view.width, y);
    if (y > 24 && y < view.height - 34) context.fillText(degrees(lat, decimals, 'N', 'S'), 6, y - 4);
  }
  context.stroke();
}

/** @param {number} value
 * @param {number} decimals
 * @param {string} positive
 * @param {string} negative */
function degrees(value, decimals, positive, negative) {
  return `${Math.abs(value).toFixed(decimals)}° ${value < 0 ? negative : positive}`;
}

/** @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {string} caption */
export function drawScale(context, view, caption) {
  const perPixel = metresPerPixel(view);
  const metres = niceBelow(perPixel * SCALE_PX);
  const width = metres / perPixel;
  const y = view.height - 14.5;
  context.strokeStyle = palette.dim;
  context.fillStyle = palette.dim;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(14.5, y - 5);
  context.lineTo(14.5, y);
  context.lineTo(14.5 + width, y);
  context.lineTo(14.5 + width, y - 5);
  context.stroke();
  context.font = `11px ${palette.font}`;
  const label = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  halo(context, `${label}   ${caption}`, 22 + width, y + 1);
}

/** Text that stays readable over roads.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y */
export function halo(context, text, x, y) {
  context.save();
  context.strokeStyle = palette.ground;
  context.lineWidth = 3.5;
  context.lineJoin = 'round';
  context.strokeText(text, x, y);
  context.restore();
  context.fillText(text, x, y);
}

/** 1, 2 or 5 times a power of ten.
 * @param {number} value */
function niceBelow(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2, 1].find((m) => m * power <= value) ?? 1) * power;
}
