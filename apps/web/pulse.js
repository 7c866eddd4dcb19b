// SPDX-License-Identifier: Apache-2.0
// How many, and is all well: the count, the chips that count and filter, and three gauges.
import { find, make, setData, setText } from './dom.js';
import { count, number } from './format.js';
import { SPAN_MS } from './samples.js';
import { drawSpark } from './spark.js';
import { say } from './text.js';

/** @import { Samples } from './samples.js' */
/** @import { Window } from './fleetwire.js' */
/** @typedef {'status' | 'severity'} Kind */

/** @type {[Kind, string, string][]} */
const CHIPS = [
  ['severity', 'critical', '!'], ['severity', 'warning', '▲'],
  ['status', 'moving', ''], ['status', 'idle', ''], ['status', 'stopped', ''], ['status', 'offline', ''], ['status', 'unknown', ''],
];
const LEAST_SPAN_MS = 20_000;
const GAUGES = ['speed_kmh', 'temp_c', 'updates'];

export class Pulse {
  /** @type {Map<string, HTMLElement>} */ chips = new Map();
  /** @type {Map<string, HTMLElement>} */ gauges = new Map();

  /** @param {Samples} samples
   * @param {(kind: Kind, value: string) => void} onToggle */
  constructor(samples, onToggle) {
    this.samples = samples;
    for (const [kind, value, sign] of CHIPS) this.addChip(kind, value, sign, onToggle);
    find('chips').insertBefore(make('span', { css: 'chips-rule' }), this.chips.get('status.moving') ?? null);
    for (const name of GAUGES) this.addGauge(name);
  }

  /** @param {Kind} kind
   * @param {string} value
   * @param {string} sign
   * @param {(kind: Kind, value: string) => void} onToggle */
  addChip(kind, value, sign, onToggle) {
    const chip = make('button', { css: 'chip' }, make('i', { text: sign || say(`letter.${value}`) }), make('b', { text: '0' }), make('span', { text: say(`${kind}.${value}`) }));
    Object.assign(chip.dataset, { kind, value });
    chip.setAttribute('type', 'button');
    chip.setAttribute('aria-pressed', 'false');
    chip.addEventListener('click', () => onToggle(kind, value));
    this.chips.set(`${kind}.${value}`, chip);
    find('chips').append(chip);
  }

  /** @param {string} name */
  addGauge(name) {
    const gauge = make('div', { css: 'gauge' }, make('dt', { text: say(`gauge.${name}`) }), make('dd'), make('canvas'));
    gauge.hidden = true;
    this.gauges.set(name, gauge);
    find('gauges').append(gauge);
  }

  /** @param {Window} window */
  show({ nMatch, totals }) {
    setText(find('total-n'), count(nMatch));
    setText(find('total-word'), say('count.devices', { n: nMatch }));
    for (const [kind, value] of CHIPS) {
      const n = totals[kind]?.[value] ?? 0;
      const chip = /** @type {HTMLElement} */ (this.chips.get(`${kind}.${value}`));
      setText(chip.children[1], count(n));
      setData(chip, 'empty', n ? null : '');
      chip.hidden = value === 'unknown' && !n && chip.getAttribute('aria-pressed') !== 'true';
    }
  }

  /** @param {Record<Kind, Set<string>>} pressed */
  press(pressed) {
    for (const [kind, value] of CHIPS) this.chips.get(`${kind}.${value}`)?.setAttribute('aria-pressed', String(pressed[kind].has(value)));
  }

  /** @param {number} nowMs */
  draw(nowMs) {
    for (const [name, gauge] of this.gauges) {
      const last = this.samples.last(name);
      gauge.hidden = !last;
      if (!last || !gauge.offsetParent) continue;
      setText(gauge.children[1], name === 'updates' ? say('count.updates', { n: count(last.mean) }) : number(name, last.mean));
      const points = this.samples.of(name).map(({ t, mean }) => ({ t, v: mean }));
      drawSpark(/** @type {HTMLCanvasElement} */ (gauge.children[2]), points, { spanMs: Math.max(LEAST_SPAN_MS, Math.min(SPAN_MS, nowMs - points[0].t)), nowMs });
    }
  }
}
