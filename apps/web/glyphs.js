// SPDX-License-Identifier: Apache-2.0
// How a vehicle looks on the map: its status is a shape (arrow, ring, square, hollow diamond, query mark), so that it is
// read without colour; a ring and a sign of their own say what needs somebody. Also the discs that stand for many.
import { severityGlyph } from './format.js';
import { halo } from './map-frame.js';
import { palette } from './palette.js';

/** @import { Vehicle } from './vehicles.js' */
/** @typedef {{ x: number, y: number, n: number, nMoving: number, severity: 'critical' | 'warning' | 'none', members: Vehicle[] }} Cluster */

const TURN = Math.PI * 2;

/** @param {CanvasRenderingContext2D} context
 * @param {Vehicle} vehicle
 * @param {number} x
 * @param {number} y
 * @param {number} size
 * @param {boolean} isStale */
export function drawVehicle(context, vehicle, x, y, size, isStale) {
  const { row } = vehicle;
  context.globalAlpha = isStale ? 0.45 : 1;
  if (row.severity === 'critical' || row.severity === 'warning') drawAlarmRing(context, row.severity, x, y, size);
  context.fillStyle = palette.ink;
  context.strokeStyle = palette.ink;
  SHAPES[row.status ?? 'unknown']?.(context, x, y, size, vehicle.heading);
  context.globalAlpha = 1;
}

/** @type {Record<string, (context: CanvasRenderingContext2D, x: number, y: number, size: number, heading: number) => void>} */
const SHAPES = {
  moving(context, x, y, size, heading) {
    const sin = Math.sin(heading);
    const cos = Math.cos(heading);
    /** @param {number} ahead @param {number} right @returns {[number, number]} */
    const at = (ahead, right) => [x + size * (ahead * sin + right * cos), y - size * (ahead * cos - right * sin)];
    context.beginPath();
    context.moveTo(...at(1.15, 0));
    context.lineTo(...at(-0.85, 0.72));
    context.lineTo(...at(-0.4, 0));
    context.lineTo(...at(-0.85, -0.72));
    context.closePath();
    context.strokeStyle = palette.ground;
    context.lineWidth = 2;
    context.stroke();
    context.fill();
  },
  idle(context, x, y, size) {
    context.lineWidth = 1.6;
    context.beginPath();
    context.arc(x, y, size * 0.62, 0, TURN);
    context.stroke();
    context.beginPath();
    context.arc(x, y, size * 0.2, 0, TURN);
    context.fill();
  },
  stopped(context, x, y, size) {
    context.fillStyle = palette.dim;
    context.fillRect(x - size * 0.42, y - size * 0.42, size * 0.84, size * 0.84);
  },
  offline(context, x, y, size) {
    const s = size * 0.62;
    context.strokeStyle = palette.dim;
    context.lineWidth = 1.3;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(x, y - s);
    context.lineTo(x + s, y);
    context.lineTo(x, y + s);
    context.lineTo(x - s, y);
    context.closePath();
    context.stroke();
    context.setLineDash([]);
  },
  unknown(context, x, y, size) {
    context.font = `600 ${Math.round(size * 1.7)}px ${palette.font}`;
    context.textAlign = 'center';
    halo(context, '?', x, y + size * 0.6);
    context.textAlign = 'start';
  },
};

/** @param {CanvasRenderingContext2D} context
 * @param {'critical' | 'warning'} severity
 * @param {number} x
 * @param {number} y
 * @param {number} size */
function drawAlarmRing(context, severity, x, y, size) {
  context.strokeStyle = palette[severity];
  context.lineWidth = severity === 'critical' ? 2.2 : 1.5;
  context.beginPath();
  context.arc(x, y, size * 1.55, 0, TURN);
  context.stroke();
}

/** The name beside a vehicle, with its sign.
 * @param {CanvasRenderingContext2D} context
 * @param {Vehicle} vehicle
 * @param {number} x
 * @param {number} y
 * @param {number} size */
export function drawLabel(context, vehicle, x, y, size) {
  const sign = severityGlyph(vehicle.row);
  context.font = `600 11px ${palette.font}`;
  context.fillStyle = sign ? palette[String(vehicle.row.severity)] : palette.ink;
  halo(context, sign ? `${sign} ${vehicle.label}` : vehicle.label, x + size * 1.8 + 3, y + 4);
}

/** @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} size */
export function drawChosenMark(context, x, y, size) {
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  const r = size * 2.3;
  for (const [dx, dy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
    context.beginPath();
    context.moveTo(x + dx * r, y + dy * r * 0.45);
    context.lineTo(x + dx * r, y + dy * r);
    context.lineTo(x + dx * r * 0.45, y + dy * r);
    context.stroke();
  }
}

/** @param {number} n */
export function clusterRadius(n) {
  return 9 + Math.min(15, Math.log2(n) * 1.7);
}

/** A disc with its number; the bright part of its rim is the share that moves.
 * @param {CanvasRenderingContext2D} context
 * @param {Cluster} cluster */
export function drawCluster(context, cluster) {
  const { x, y, n, nMoving, severity } = cluster;
  const r = clusterRadius(n);
  context.beginPath();
  context.arc(x, y, r, 0, TURN);
  context.fillStyle = palette.panel;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = palette.faint;
  context.stroke();
  context.beginPath();
  context.arc(x, y, r, -TURN / 4, -TURN / 4 + (TURN * nMoving) / n);
  context.strokeStyle = palette.ink;
  context.stroke();
  context.textAlign = 'center';
  context.fillStyle = palette.ink;
  context.font = `600 11px ${palette.font}`;
  context.fillText(String(n), x, y + 4);
  if (severity !== 'none') {
    context.font = `700 12px ${palette.font}`;
    context.fillStyle = palette[severity];
    halo(context, severity === 'critical' ? '!' : '▲', x + r * 0.8, y - r * 0.6);
  }
  context.textAlign = 'start';
}
