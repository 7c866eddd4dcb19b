// SPDX-License-Identifier: Apache-2.0
// One device, whole: what is wrong with it and since when, how its numbers went since it was opened, all it says.
import { find, make, setText } from './dom.js';
import { anyValue, duration, fieldLabel, isMeasured, number, position, severityGlyph, why } from './format.js';
import { drawSpark } from './spark.js';
import { hasText, say } from './text.js';

/** @import { Row } from './fleetwire.js' */

const SPARK_MS = 3 * 60 * 1000;
const LEAST_SPARK_MS = 20_000;
const SPARKS = ['speed_kmh', 'temp_c', 'fuel_pct', 'battery_pct', 'air_c'];
const MAX_SPARKS = 3;
const FIRST = ['position', 'heading_deg', 'next_stop', 'eta_ts_ms', 'driver', 'trip', 'door', 'ignition'];
const NOT_SHOWN = new Set(['fleet', 'device_id', 'lat', 'lon', 'status', 'severity', 'reasons', 'last_seen_ms', 'clock_bad']);

export class DetailView {
  /** @type {Row | null} */ row = null;
  /** @type {Map<string, { t: number, v: number }[]>} */ history = new Map();
  isFollowing = false;

  /** @param {{ onClose: () => void, onFollow: (isFollowing: boolean) => void, now: () => number }} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.panel = find('detail');
  }

  /** @param {Row} row */
  open(row) {
    this.row = null;
    this.history.clear();
    this.isFollowing = false;
    this.build(row);
    this.panel.hidden = false;
    document.body.dataset.detail = '';
    this.show(row);
  }

  close() {
    this.panel.hidden = true;
    this.row = null;
    delete document.body.dataset.detail;
  }

  isOpen() {
    return !this.panel.hidden;
  }

  /** @param {Row} row */
  build(row) {
    this.follow = /** @type {HTMLButtonElement} */ (make('button', { css: 'detail-follow', text: say('detail.follow') }));
    this.follow.type = 'button';
    this.follow.addEventListener('click', () => this.setFollowing(!this.isFollowing));
    const close = /** @type {HTMLButtonElement} */ (make('button', { css: 'icon', text: '×' }));
    close.type = 'button';
    close.setAttribute('aria-label', say('detail.close'));
    close.addEventListener('click', () => this.hooks.onClose());
    this.sign = make('i');
    this.status = make('p', { css: 'detail-status' });
    this.reasons = make('ul', { css: 'detail-reasons' });
    this.sparks = make('div', { css: 'detail-sparks' });
    this.fields = make('dl', { css: 'detail-fields' });
    const title = make('h2', {}, this.sign, make('span', { text: row.device_id }));
    title.title = row.device_id;
    this.panel.setAttribute('aria-label', say('detail.label', { id: row.device_id }));
    this.panel.replaceChildren(
      make('header', {}, title, this.follow, close),
      make('div', { css: 'detail-body' }, this.status, this.reasons, this.sparks, this.fields));
    this.setFollowing(false);
  }

  /** @param {boolean} isFollowing */
  setFollowing(isFollowing) {
    this.isFollowing = isFollowing;
    this.follow?.setAttribute('aria-pressed', String(isFollowing));
    this.hooks.onFollow(isFollowing);
  }

  /** @param {Row | null} row null: it left */
  show(row) {
    if (!row) return setText(/** @type {HTMLElement} */ (this.status), say('detail.gone'));
    this.row = row;
    this.panel.dataset.severity = row.severity ?? 'none';
    setText(/** @type {HTMLElement} */ (this.sign), severityGlyph(row));
    this.remember(row);
    this.fillReasons(row);
    this.tick();
    this.fillFields(row);
  }

  /** @param {Row} row */
  remember(row) {
    const t = this.hooks.now();
    for (const [name, value] of Object.entries(row)) {
      if (!isMeasured(name, value)) continue;
      const list = this.history.get(name) ?? [];
      this.history.set(name, list);
      list.push({ t, v: Number(value) });
      while (list[0].t < t - SPARK_MS) list.shift();
    }
  }

  /** What goes on by the clock alone. */
  tick() {
    const { row } = this;
    if (!row || !this.status) return;
    const age = typeof row.last_seen_ms === 'number' ? say('detail.ago', { time: duration(this.hooks.now() - row.last_seen_ms) }) : '';
    if (!this.status.firstElementChild) this.status.replaceChildren(make('b'), make('span'));
    setText(this.status.children[0], say(`status.${row.status ?? 'unknown'}`));
    setText(this.status.children[1], [`  ·  ${row.fleet}`, age].filter(Boolean).join('  ·  '));
    this.drawSparks(row);
  }

  /** @param {Row} row */
  fillReasons(row) {
    const lines = (row.reasons ?? []).map(({ reason, since_ms }) => {
      const words = reason === row.reasons?.[0].reason ? why(row) : hasText(`reason.${reason}`) ? say(`reason.${reason}`) : reason;
      return [words, say('detail.for', { time: duration(this.hooks.now() - since_ms) })];
    });
    const list = /** @type {HTMLElement} */ (this.reasons);
    if (list.children.length !== lines.length) list.replaceChildren(...lines.map(() => make('li', {}, make('span'), make('span'))));
    lines.forEach((texts, i) => texts.forEach((text, k) => setText(list.children[i].children[k], text)));
  }

  /** @param {Row} row */
  drawSparks(row) {
    const names = [...SPARKS, ...this.history.keys()].filter((name, i, all) => typeof row[name] === 'number' && all.indexOf(name) === i && isMeasured(name, row[name])).slice(0, MAX_SPARKS);
    const box = /** @type {HTMLElement} */ (this.sparks);
    if (box.dataset.names !== names.join()) {
      box.dataset.names = names.join();
      box.replaceChildren(...names.map((name) => make('div', { css: 'detail-spark' }, make('span', { text: fieldLabel(name) }), make('canvas'), make('b'))));
    }
    const nowMs = this.hooks.now();
    names.forEach((name, i) => {
      const line = box.children[i];
      setText(line.children[2], number(name, row[name]));
      const limit = name === 'temp_c' && typeof row.setpoint_c === 'number' ? row.setpoint_c : undefined;
      const list = this.history.get(name) ?? [];
      if (list.length) drawSpark(/** @type {HTMLCanvasElement} */ (line.children[1]), list, { spanMs: Math.max(LEAST_SPARK_MS, nowMs - list[0].t), nowMs, limit });
    });
  }

  /** @param {Row} row */
  fillFields(row) {
    const drawn = this.sparks?.dataset.names?.split(',') ?? [];
    const names = Object.keys(row).filter((name) => !NOT_SHOWN.has(name) && !drawn.includes(name));
    if (typeof row.lat === 'number') names.push('position');
    names.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
    const list = /** @type {HTMLElement} */ (this.fields);
    if (list.dataset.names !== names.join()) {
      list.dataset.names = names.join();
      list.replaceChildren(...names.flatMap((name) => [make('dt', { text: fieldLabel(name) }), make('dd')]));
    }
    names.forEach((name, i) => setText(list.children[i * 2 + 1], name === 'position' ? position(row) : anyValue(name, row[name])));
  }
}

/** @param {string} name */
function rank(name) {
  const at = FIRST.indexOf(name);
  return at < 0 ? FIRST.length : at;
}
