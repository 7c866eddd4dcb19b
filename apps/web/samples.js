// SPDX-License-Identifier: Apache-2.0
// What the page remembers of each number: its least, mean and greatest over all that match, a sample a second at most.
/** @import { Spread } from './live.js' */
/** @typedef {{ t: number, min: number, mean: number, max: number, n: number }} Sample */

export const SPAN_MS = 5 * 60 * 1000;
const APART_MS = 900;

export class Samples {
  /** @type {Map<string, Sample[]>} */ byName = new Map();

  /** @param {string} name
   * @param {Spread} spread
   * @param {number} t */
  add(name, { min, mean, max, n = 1 }, t) {
    const list = this.byName.get(name) ?? [];
    this.byName.set(name, list);
    while (list.length && list[list.length - 1].t > t) list.pop(); // the clock was set back
    const [before, last] = list.slice(-2);
    const isSame = last && [before, last].every((s) => s.min === min && s.mean === mean && s.max === max);
    if (last && (isSame || t - before.t < APART_MS)) list.pop(); // the newest stands for its second, and a level for its length
    list.push({ t, min, mean, max, n });
    while (list.length > 2 && list[1].t < t - SPAN_MS) list.shift();
  }

  /** @param {string} name */
  of(name) {
    return this.byName.get(name) ?? [];
  }

  /** @param {string} name */
  last(name) {
    return this.of(name).at(-1);
  }

  names() {
    return [...this.byName.keys()].sort((a, b) => Number(a === 'updates') - Number(b === 'updates'));
  }

  /** Another filter is another fleet. */
  clear() {
    this.byName.clear();
  }
}
