// SPDX-License-Identifier: Apache-2.0
// The table: a window of the relay's order. Only what changed is written; a row keeps its element as it moves; while a
// pointer or the focus is on it the order is held, so that nothing slips away from under a hand.
import { find, make, setData, setText } from './dom.js';
import { rowKey } from './fleetwire.js';
import { bareNumber, count, duration, fieldLabel, fieldUnit, position, severityGlyph, statusLetter, why } from './format.js';
import { say } from './text.js';

/** @import { Row, Window } from './fleetwire.js' */
/** @typedef {{ name: string, order: string, css: string, heading: string, title: string, isDown: boolean }} Column */

const MAX_NUMBERS = 3;
const HOLD_MS = 4000;
const NEAR_END_PX = 200;

export class TableView {
  /** @type {Map<string, HTMLTableRowElement>} */ lines = new Map();
  /** @type {Map<string, Row>} */ rows = new Map();
  /** @type {Column[]} */ columns = [];
  /** @type {string | null} */ chosenKey = null;
  hasFleets = false;
  heldUntilMs = 0;
  order = '';

  /** @param {{ onChoose: (row: Row) => void, onOrder: (order: string) => void, onMore: () => void, onHover: (key: string | null) => void,
   *   now: () => number, isStale: (row: Row) => boolean }} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.body = find('body');
    this.scroll = find('list-scroll');
    this.listen();
  }

  listen() {
    this.body.addEventListener('click', (event) => this.choose(event));
    this.body.addEventListener('keydown', (event) => this.key(event));
    this.body.addEventListener('pointermove', (event) => this.hover(event));
    this.body.addEventListener('pointerleave', () => this.release());
    this.scroll.addEventListener('scroll', () => {
      this.hold();
      const { scrollTop, clientHeight, scrollHeight } = this.scroll;
      if (scrollHeight - scrollTop - clientHeight < NEAR_END_PX) this.hooks.onMore();
    }, { passive: true });
  }

  /** @param {PointerEvent} event */
  hover(event) {
    if (event.pointerType !== 'mouse') return;
    this.hold();
    this.hooks.onHover(lineOf(event)?.dataset.device ?? null);
  }

  hold() {
    this.heldUntilMs = performance.now() + HOLD_MS;
  }

  release() {
    this.heldUntilMs = 0;
    this.hooks.onHover(null);
  }

  isHeld() {
    return performance.now() < this.heldUntilMs;
  }

  /** @param {Event} event */
  choose(event) {
    const row = this.rows.get(lineOf(event)?.dataset.device ?? '');
    if (row) this.hooks.onChoose(row);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const line = lineOf(event);
    this.hold();
    if (event.key === 'Enter' || event.key === ' ') this.choose(event);
    else if (event.key === 'ArrowDown') this.focus(line?.nextElementSibling);
    else if (event.key === 'ArrowUp') this.focus(line?.previousElementSibling);
    else if (event.key === 'Home') this.focus(this.body.firstElementChild);
    else if (event.key === 'End') this.focus(this.body.lastElementChild);
    else return;
    event.preventDefault();
  }

  /** @param {Element | null | undefined} line */
  focus(line) {
    if (!(line instanceof HTMLElement)) return;
    for (const other of this.body.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    line.tabIndex = 0;
    line.focus();
  }

  /** @param {Window} window
   * @param {string} order */
  show(window, order) {
    const isNewOrder = order !== this.order;
    this.order = order;
    this.rows = new Map(window.rows.map((row) => [rowKey(row), row]));
    this.hasFleets ||= new Set(window.rows.map((row) => row.fleet)).size > 1;
    this.setColumns(window.rows);
    const keys = this.isHeld() && !isNewOrder ? this.heldOrder() : [...this.rows.keys()];
    this.place(keys);
    if (isNewOrder) this.scroll.scrollTop = 0;
    this.say(window, keys);
  }

  /** Those on show stay where they are; newcomers go to the end. */
  heldOrder() {
    const stay = [...this.lines.keys()].filter((key) => this.rows.has(key));
    const held = new Set(stay);
    return [...stay, ...[...this.rows.keys()].filter((key) => !held.has(key))];
  }

  /** @param {string[]} keys */
  place(keys) {
    const before = this.lines;
    const focused = this.body.contains(document.activeElement) ? document.activeElement : null;
    this.lines = new Map();
    let at = this.body.firstElementChild;
    for (const key of keys) {
      const line = before.get(key) ?? this.newLine(key);
      before.delete(key);
      this.lines.set(key, line);
      this.fill(line, /** @type {Row} */ (this.rows.get(key)));
      if (line === at) at = at.nextElementSibling;
      else this.body.insertBefore(line, at);
    }
    for (const line of before.values()) line.remove();
    if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
    if (!this.body.querySelector('[tabindex="0"]')) this.body.firstElementChild?.setAttribute('tabindex', '0');
  }

  /** @param {string} key */
  newLine(key) {
    const line = document.createElement('tr');
    line.dataset.device = key;
    line.tabIndex = -1;
    line.append(...this.columns.map(cellFor));
    return line;
  }

  /** @param {HTMLTableRowElement} line
   * @param {Row} row */
  fill(line, row) {
    setData(line, 'status', row.status ?? 'unknown');
    setData(line, 'severity', row.severity ?? 'none');
    setData(line, 'stale', this.hooks.isStale(row) ? '' : null);
    line.setAttribute('aria-selected', String(line.dataset.device === this.chosenKey));
    this.columns.forEach((column, i) => this.fillCell(/** @type {HTMLElement} */ (line.children[i]), column.name, row));
  }

  /** @param {HTMLElement} cell
   * @param {string} name
   * @param {Row} row */
  fillCell(cell, name, row) {
    if (name === 'status') return this.fillStatus(cell, row);
    if (name === 'device') return this.fillDevice(cell, row);
    if (name === 'position' || name === 'age') return setText(cell, name === 'age' ? this.age(row) : position(row));
    setText(cell, bareNumber(name, row[name]));
    setData(cell, 'missing', typeof row[name] === 'number' ? null : '');
  }

  /** @param {HTMLElement} cell
   * @param {Row} row */
  fillStatus(cell, row) {
    if (!cell.firstElementChild) cell.append(make('i'), make('span'));
    setText(cell.children[0], severityGlyph(row));
    setText(cell.children[1], statusLetter(row.status));
    const words = [row.severity && row.severity !== 'none' ? say(`severity.${row.severity}`) : '', say(`status.${row.status ?? 'unknown'}`)];
    cell.title = words.filter(Boolean).join(', ');
  }

  /** @param {HTMLElement} cell
   * @param {Row} row */
  fillDevice(cell, row) {
    if (!cell.firstElementChild) cell.append(make('b'), make('em'), make('span'));
    setText(cell.children[0], row.device_id);
    setText(cell.children[1], this.hasFleets ? row.fleet : '');
    setText(cell.children[2], why(row));
    cell.title = `${row.fleet}/${row.device_id}`;
  }

  /** @param {Row} row */
  age(row) {
    return typeof row.last_seen_ms === 'number' ? duration(this.hooks.now() - row.last_seen_ms) : '';
  }

  /** Ages go on without news. */
  tick() {
    const column = this.columns.findIndex(({ name }) => name === 'age');
    for (const [key, line] of this.lines) {
      const row = this.rows.get(key);
      if (row && line.children[column]) setText(line.children[column], this.age(row));
    }
  }

  /** @param {string | null} key */
  setChosen(key) {
    this.chosenKey = key;
    for (const [of, line] of this.lines) line.setAttribute('aria-selected', String(of === key));
  }

  /** Columns are what the devices speak of: a fleet of thermometers has no position.
   * @param {Row[]} rows */
  setColumns(rows) {
    const columns = columnsFor(rows, this.columns);
    if (columns.map(({ name }) => name).join() === this.columns.map(({ name }) => name).join()) return this.markOrder();
    this.columns = columns;
    find('columns').replaceChildren(...columns.map((column) => this.heading(column)));
    this.body.replaceChildren();
    this.lines.clear();
    this.markOrder();
  }

  /** @param {Column} column */
  heading(column) {
    const th = document.createElement('th');
    th.scope = 'col';
    th.className = column.css;
    th.dataset.order = column.order;
    if (!column.order) {
      th.textContent = column.heading;
      return th;
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.heading;
    button.title = say('table.sort', { name: column.title });
    button.addEventListener('click', () => this.hooks.onOrder(nextOrder(this.order, column)));
    th.append(button);
    return th;
  }

  markOrder() {
    const name = this.order.replace(/^-/, '');
    for (const th of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#columns th'))) {
      if (th.dataset.order === name && name) th.setAttribute('aria-sort', this.order.startsWith('-') ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    }
    const column = this.columns.find((c) => c.order === name);
    setText(find('list-order'), this.order === '-severity' || !column ? say('table.worst') : say('table.by', { name: column.title.toLowerCase() }));
  }

  /** @param {Window} window
   * @param {string[]} keys */
  say(window, keys) {
    find('list-held').hidden = performance.now() >= this.heldUntilMs || keys.join() === [...this.rows.keys()].join();
    setText(find('list-count'), window.nMatch > keys.length ? say('count.rows', { shown: count(keys.length), n: count(window.nMatch) }) : count(window.nMatch));
    find('rows').setAttribute('aria-rowcount', String(window.nMatch));
  }
}

/** @param {Row[]} rows
 * @param {Column[]} before
 * @returns {Column[]} */
function columnsFor(rows, before) {
  const had = new Set(before.map(({ name }) => name));
  const speaks = (/** @type {string} */ name) => had.has(name) || rows.some((row) => row[name] !== undefined);
  const known = ['speed_kmh', 'temp_c', 'fuel_pct', 'battery_pct', 'air_c'].filter(speaks);
  const own = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => isOwnNumber(name, rows));
  const hasPosition = had.has('position') || rows.some((row) => typeof row.lat === 'number');
  const numbers = [...known.slice(0, 2), ...own, ...known.slice(2)].slice(0, hasPosition ? 2 : MAX_NUMBERS + 1);
  const columns = [column('status', 'severity', 'col-status', say('table.status'), false), column('device', 'device_id', 'col-device', say('table.device'), true)];
  numbers.forEach((name, i) => columns.push(column(name, name, `col-number num n${i + 1}`, fieldUnit(name) || fieldLabel(name), false, fieldLabel(name))));
  if (hasPosition) columns.push(column('position', '', 'col-position num', say('table.position'), true));
  columns.push(column('age', 'last_seen_ms', 'col-age num', say('table.age'), false, say('table.age_long')));
  return columns;
}

const FIXED = /^(lat|lon|accuracy_m|heading_deg|setpoint_c|odometer_km|speed_kmh|temp_c|air_c|fuel_pct|battery_pct)$|_ms$/;

/** @param {string} name
 * @param {Row[]} rows */
function isOwnNumber(name, rows) {
  return !FIXED.test(name) && rows.some((row) => typeof row[name] === 'number');
}

/** @param {string} name
 * @param {string} order
 * @param {string} css
 * @param {string} heading
 * @param {boolean} isDown first click sorts downwards from the least
 * @returns {Column} */
function column(name, order, css, heading, isDown, title = heading) {
  return { name, order, css, heading, title, isDown };
}

/** The greatest first where that is the news, the least where it is a name; again for the other way; then worst first.
 * @param {string} order
 * @param {Column} column */
function nextOrder(order, column) {
  const [first, second] = column.isDown ? [column.order, `-${column.order}`] : [`-${column.order}`, column.order];
  if (order === first && column.order !== 'severity') return second;
  return order === second ? '-severity' : first;
}

/** @param {Column} column */
function cellFor({ name, css }) {
  const cell = document.createElement('td');
  cell.dataset.field = name;
  cell.className = css.replace(/col-\S+ ?/, '');
  if (fieldUnit(name)) cell.dataset.unit = fieldUnit(name);
  return cell;
}

/** @param {Event} event */
function lineOf(event) {
  return /** @type {HTMLElement | null} */ (event.target instanceof Element ? event.target.closest('tr') : null);
}
