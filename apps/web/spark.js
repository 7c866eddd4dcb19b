// SPDX-License-Identifier: Apache-2.0
// A line as small as a word.
import { freshContext } from './dom.js';
import { palette } from './palette.js';

/** @param {HTMLCanvasElement} canvas
 * @param {{ t: number, v: number }[]} points
 * @param {{ spanMs: number, nowMs: number, limit?: number }} scale limit: a level to draw, the set point perhaps */
export function drawSpark(canvas, points, { spanMs, nowMs, limit }) {
  const { context, width, height } = freshContext(canvas);
  const values = points.map(({ v }) => v);
  if (limit !== undefined) values.push(limit);
  if (!values.length) return;
  const least = Math.min(...values);
  const span = Math.max(Math.max(...values) - least, 1e-6);
  const flat = span === 1e-6;
  const x = (/** @type {number} */ t) => width - 3 - ((nowMs - t) / spanMs) * (width - 3);
  const y = (/** @type {number} */ v) => (flat ? height / 2 : height - 3 - ((v - least) / span) * (height - 6));
  if (limit !== undefined) {
    context.strokeStyle = palette.faint;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(0, y(limit));
    context.lineTo(width, y(limit));
    context.stroke();
    context.setLineDash([]);
  }
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.lineJoin = 'round';
  context.beginPath();
  for (const { t, v } of points) context.lineTo(x(t), y(v));
  context.stroke();
  const last = points.at(-1);
  if (!last) return;
  context.fillStyle = palette.ink;
  context.beginPath();
  context.arc(x(last.t), y(last.v), 2, 0, 7);
  context.fill();
}
