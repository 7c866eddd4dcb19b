// SPDX-License-Identifier: Apache-2.0
// What the page asks the relay, and what it holds of the answers.
//   tally    a window of one row: how many match the filter, by status and severity, and the means of every number
//   window   the rows of the table: filter and chips, in the order and number on show
//   points   every matching device that may be on the map; beyond BOX_FROM only those in view
//   chosen   the open device, whole and quickly
// The filter is judged by `tally` alone, so that an error's caret points into what was typed; the others follow when
// it is accepted.
import { isMeasured } from './format.js';

/** @import { Client, Change, FleetQuery, FleetSubscription, Row } from './fleetwire.js' */
/** @typedef {{ min: number, mean: number, max: number, n?: number }} Spread */
/** @typedef {[number, number, number, number]} Box */

const BOX_FROM = 5000;
const POINT_FIELDS = ['lat', 'lon', 'heading_deg', 'speed_kmh', 'temp_c', 'next_stop'];
const PAGE_ROWS = 80;
export const MAX_ROWS = 1000; // the relay's limit for `first`

export class Live {
  filter = ''; // what was typed
  accepted = ''; // the last of it that the relay understood
  /** @type {Record<'status' | 'severity', Set<string>>} */
  chips = { status: new Set(), severity: new Set() };
  order = '-severity';
  first = PAGE_ROWS;
  /** @type {Box | null} */ box = null;
  /** @type {Set<string>} numbers seen in rows, in the order they were seen */
  numbers = new Set(['speed_kmh', 'temp_c']);
  /** @type {FleetSubscription | null} */ chosen = null;
  /** @type {string | null} */ chosenKey = null;
  /** @type {Map<string, Set<Function>>} */ listeners = new Map();

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
  }

  /** @param {string} filter what the address already asks for */
  start(filter) {
    this.filter = this.accepted = filter;
    this.tally = this.client.fleet(this.tallyQuery(), (sub, change) => this.onTally(sub, change));
    this.window = this.client.fleet(this.windowQuery(), (sub, change) => this.onWindow(sub, change));
    this.points = this.client.fleet(this.pointsQuery(), (sub, change) => this.emit('points', sub, change));
  }

  /** @param {'tally' | 'filter' | 'accepted' | 'chips' | 'window' | 'points' | 'chosen' | 'refused' | 'notice'} type
   * @param {Function} listener */
  on(type, listener) {
    const set = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, set.add(listener));
  }

  /** @param {string} type
   * @param {...any} args */
  emit(type, ...args) {
    for (const listener of this.listeners.get(type) ?? []) listener(...args);
  }

  /** @param {string} text */
  setFilter(text) {
    if (text === this.filter) return;
    this.filter = text;
    this.tally?.update(this.tallyQuery());
  }

  /** @param {'status' | 'severity'} kind
   * @param {string} value */
  toggleChip(kind, value) {
    const set = this.chips[kind];
    if (!set.delete(value)) set.add(value);
    this.refilter();
    this.emit('chips');
  }

  /** @param {Partial<Record<'status' | 'severity', string[]>>} chips */
  setChips(chips) {
    this.chips = { status: new Set(chips.status), severity: new Set(chips.severity) };
    this.refilter();
    this.emit('chips');
  }

  /** @param {string} order */
  setOrder(order) {
    this.order = order;
    this.first = PAGE_ROWS;
    this.window?.update(this.windowQuery());
  }

  showMore() {
    const nMatch = this.window?.window?.nMatch ?? 0;
    if (this.first >= Math.min(nMatch, MAX_ROWS)) return;
    this.first = Math.min(this.first + PAGE_ROWS, MAX_ROWS);
    this.window?.update(this.windowQuery());
  }

  /** What the map shows, with a margin.
   * @param {Box} box */
  setBox(box) {
    this.box = box;
    if (this.needsBox()) this.points?.update(this.pointsQuery());
  }

  /** @param {Row | null} row */
  choose(row) {
    this.chosen?.close();
    this.chosen = null;
    this.chosenKey = row && `${row.fleet}/${row.device_id}`;
    if (!row) return this.emit('chosen', null);
    const where = `device_id = ${quote(row.device_id)} and fleet = ${quote(row.fleet)}`;
    this.chosen = this.client.fleet({ where, intervalMs: 200 }, (sub, change) => {
      if (sub === this.chosen) this.emit('chosen', [...sub.rows.values()][0] ?? null, change);
    });
  }

  /** Filter and chips as one question. */
  where() {
    const terms = [];
    for (const [kind, set] of Object.entries(this.chips)) if (set.size) terms.push(`${kind} in (${[...set].join(', ')})`);
    if (!this.accepted) return terms.join(' and ');
    return terms.length ? [`(${this.accepted})`, ...terms].join(' and ') : this.accepted;
  }

  // ---- below: not for callers ----

  needsBox() {
    return this.box !== null && (this.tally?.window?.nMatch ?? 0) > BOX_FROM;
  }

  refilter() {
    this.first = PAGE_ROWS;
    this.window?.update(this.windowQuery());
    this.points?.update(this.pointsQuery());
  }

  /** @returns {FleetQuery} */
  tallyQuery() {
    const where = this.filter || undefined;
    return { where, first: 1, totals: ['status', 'severity', 'lat', ...this.numbers], fields: ['speed_kmh'] };
  }

  /** @returns {FleetQuery} */
  windowQuery() {
    return { where: this.where() || undefined, order: this.order, first: this.first };
  }

  /** @returns {FleetQuery} */
  pointsQuery() {
    const bbox = this.needsBox() && this.box ? this.box : undefined;
    return { where: this.where() || undefined, fields: POINT_FIELDS, bbox };
  }

  /** @param {FleetSubscription} sub
   * @param {Change} change */
  onTally(sub, change) {
    if (change.kind === 'error') return this.emit('filter', change.error ?? null);
    this.notice(change);
    if (change.kind !== 'window') return;
    this.emit('filter', sub.error);
    this.accept(sub.query.where ?? '');
    this.emit('tally', sub.window);
    if (this.points && this.needsBox() !== (this.points.query.bbox !== undefined)) this.points.update(this.pointsQuery());
  }

  /** @param {string} where what the relay answers now */
  accept(where) {
    if (where === this.accepted || where !== this.filter) return;
    this.accepted = where;
    this.refilter();
    this.emit('accepted');
  }

  /** @param {FleetSubscription} sub
   * @param {Change} change */
  onWindow(sub, change) {
    if (change.kind === 'error') return this.emit('refused', change.error);
    if (change.kind !== 'window' || !sub.window) return;
    this.learnNumbers(sub.window.rows);
    this.emit('window', sub.window);
  }

  /** A number nobody has named before, an own field perhaps, joins the totals.
   * @param {Row[]} rows */
  learnNumbers(rows) {
    const before = this.numbers.size;
    for (const row of rows) for (const [name, value] of Object.entries(row)) if (isMeasured(name, value)) this.numbers.add(name);
    if (this.numbers.size > before) this.tally?.update(this.tallyQuery());
  }

  /** @param {Change} change */
  notice({ kind, ranges }) {
    if (kind === 'gap') this.emit('notice', 'link.gap', JSON.stringify(ranges));
  }
}

/** A string as the query language takes it.
 * @param {string} text */
export function quote(text) {
  return /^[A-Za-z0-9._-]+$/.test(text) ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
