// SPDX-License-Identifier: Apache-2.0
// What is drawn between a beginning and an end: how much of the way is done, and the view of the map after that much of
// a zoom. Pure: whoever draws says what time it is.

/** @import { View } from './mercator.js' */

/** How much of the way is done, 0..1. The time of a frame may lie before the beginning that it shows.
 * @param {number} beganMs
 * @param {number} takesMs
 * @param {number} nowMs */
export function shareDone(beganMs, takesMs, nowMs) {
  return takesMs > 0 ? Math.max(0, Math.min(1, (nowMs - beganMs) / takesMs)) : 1;
}

/** A zoom that slows down towards its end.
 * @param {View} from
 * @param {View} to
 * @param {number} share of its time, 0..1
 * @returns {View} */
export function viewBetween(from, to, share) {
  const eased = 1 - (1 - share) ** 3;
  const zoom = from.zoom + (to.zoom - from.zoom) * eased;
  // The place under the pointer stays under it: centres move as the span of the view does, not as the zoom.
  const spanFrom = 2 ** -from.zoom;
  const spanTo = 2 ** -to.zoom;
  const moved = spanFrom === spanTo ? eased : (2 ** -zoom - spanFrom) / (spanTo - spanFrom);
  return { ...to, zoom, x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved };
}
