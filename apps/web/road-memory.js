// SPDX-License-Identifier: Apache-2.0
// Roads drawn by driving: the stretches between two near fixes of a moving vehicle, kept so that they can be drawn in
// any view. A base map for any city, with no map data. Bounded: a stretch driven often enough is not kept again, and
// the oldest go first. Draws into a picture a little larger than the view, which is moved and scaled with the map and
// made again when the map comes to rest.
import { metresBetween, worldPixels } from './mercator.js';
import { palette } from './palette.js';

/** @import { View } from './mercator.js' */

const MAX_STRETCHES = 60000;
const MAX_SAME = 5; // a stretch driven more often is as bright as it gets
const GRID = 2 ** 21; // cells of about 17 m: what counts as the same stretch
const FAR_M = 260; // beyond this a straight line is no road
const NEAR_M = 4;
const MARGIN = 0.3; // of the view, on each side

export class RoadMemory {
  stretches = new Float64Array(MAX_STRETCHES * 4);
  n = 0;
  next = 0;
  /** @type {Map<string, number>} */ seen = new Map();
  canvas = document.createElement('canvas');
  /** @type {View | null} */ drawn = null;

  /** @param {number} x1
   * @param {number} y1
   * @param {number} x2
   * @param {number} y2 */
  add(x1, y1, x2, y2) {
    const metres = metresBetween(x1, y1, x2, y2);
    if (metres < NEAR_M || metres > FAR_M) return;
    const key = [x1, y1, x2, y2].map((v) => Math.round(v * GRID)).join();
    const times = this.seen.get(key) ?? 0;
    if (times >= MAX_SAME) return;
    if (this.seen.size > MAX_STRETCHES) this.seen.clear();
    this.seen.set(key, times + 1);
    this.stretches.set([x1, y1, x2, y2], this.next * 4);
    this.next = (this.next + 1) % MAX_STRETCHES;
    this.n = Math.min(this.n + 1, MAX_STRETCHES);
    if (this.drawn) this.paint(this.drawn, [x1, y1, x2, y2], 1);
  }

  forgetPicture() {
    this.drawn = null;
  }

  /** Puts the roads into a view; makes the picture anew if the view is at rest and the picture is another's.
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {boolean} isResting */
  draw(context, view, isResting) {
    if (!this.drawn || (isResting && !this.covers(view))) this.repaint(view);
    const drawn = /** @type {View} */ (this.drawn);
    const scale = 2 ** (view.zoom - drawn.zoom);
    const pixels = worldPixels(view.zoom);
    const width = drawn.width * scale;
    const height = drawn.height * scale;
    const left = (drawn.x - view.x) * pixels + view.width / 2 - width / 2;
    const top = (drawn.y - view.y) * pixels + view.height / 2 - height / 2;
    context.drawImage(this.canvas, left, top, width, height);
  }

  /** @param {View} view */
  covers(view) {
    const drawn = this.drawn;
    if (!drawn || drawn.zoom !== view.zoom) return false;
    const pixels = worldPixels(view.zoom);
    return Math.abs(view.x - drawn.x) * pixels <= (drawn.width - view.width) / 2
      && Math.abs(view.y - drawn.y) * pixels <= (drawn.height - view.height) / 2;
  }

  /** @param {View} view */
  repaint(view) {
    const ratio = Math.min(2, devicePixelRatio || 1);
    const width = Math.ceil(view.width * (1 + 2 * MARGIN));
    const height = Math.ceil(view.height * (1 + 2 * MARGIN));
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.drawn = { ...view, width, height };
    this.paint(this.drawn, this.stretches, this.n);
  }

  /** @param {View} view
   * @param {ArrayLike<number>} stretches
   * @param {number} n */
  paint(view, stretches, n) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    const ratio = this.canvas.width / view.width;
    const pixels = worldPixels(view.zoom);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = palette.road;
    context.lineCap = 'round';
    context.lineWidth = Math.max(1.4, Math.min(5, (view.zoom - 10) * 0.65));
    context.globalAlpha = 0.5;
    for (let i = 0; i < n * 4; i += 4) {
      const x1 = (stretches[i] - view.x) * pixels + view.width / 2;
      const y1 = (stretches[i + 1] - view.y) * pixels + view.height / 2;
      if (x1 < -300 || y1 < -300 || x1 > view.width + 300 || y1 > view.height + 300) continue;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo((stretches[i + 2] - view.x) * pixels + view.width / 2, (stretches[i + 3] - view.y) * pixels + view.height / 2);
      context.stroke();
    }
  }
}
