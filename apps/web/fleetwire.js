// SPDX-License-Identifier: Apache-2.0
// fleetwire.js: a live fleet in any page or Node program, by the protocol fleetwire.v1+json. No dependency, no build step.
//   const client = connect('ws://localhost:8080/');
//   client.fleet({ where: 'speed_kmh > 90', fields: ['lat', 'lon'] }, (sub) => draw(sub.rows));
// Promises: rows are right after any number of lost connections; retries are spread by full jitter; what cannot be
// resumed is said (`gap`, `reset`). Does not: touch the DOM, keep history, retry a question the relay refused.
//
//   connecting --hello--> live --closed, silent--> offline --retry_at_ms--> connecting        (close() ends it anywhere)

/** @import { Change, ClientEvents, ClientState, ConnectOptions, Env, FleetQuery, Left, LogRecord, Row, Window, WireError } from './fleetwire' */

const SUBPROTOCOL = 'fleetwire.v1+json';
const SILENCE_MS = 15000; // the relay speaks at least every 5 s
const SETTLED_MS = 5000; // a connection that lived this long was a good one
const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 30000;
const CLOCK_SAMPLES = 16;
const CLOCK_STEP_MS = 5000;

/** Full jitter: anything from 0 to the ceiling, so that a thousand pages do not return in one moment.
 * @param {number} attempt from 0
 * @param {() => number} random */
export function backoffMs(attempt, random = Math.random) {
  return Math.floor(random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 20)));
}

/** A row's identity: two fleets may both have a device 1. A fleet's name holds no slash.
 * @param {{ fleet: string, device_id: string }} row */
export function rowKey(row) {
  return `${row.fleet}/${row.device_id}`;
}

/** What the wire said of a row, onto what is held of it; null = now absent.
 * @param {Row | undefined} held
 * @param {Row} said
 * @returns {Row} */
function mergeRow(held, said) {
  const row = held ?? Object.create(null); // no prototype: a key called __proto__ is a key
  for (const [name, value] of Object.entries(said)) {
    if (value === null) delete row[name];
    else row[name] = value;
  }
  return row;
}

/** @param {string} url
 * @param {ConnectOptions} [options]
 * @returns {import('./fleetwire').Client} */
export function connect(url, options = {}) {
  return new Client(url, options);
}

class Subscription {
  /** @type {Map<string, Row>} */ rows = new Map();
  /** @type {Window | null} */ window = null;
  /** @type {WireError | null} */ error = null;
  /** @type {number | null} */ rev = null;
  /** @type {number | null} */ ch = null;
  /** @type {number | null} */ request = null;
  /** @type {Map<string, Row> | null} */ staged = null;
  /** @type {Map<number, number>} */ offsets = new Map();

  /** @param {Client} client
   * @param {string} channel
   * @param {FleetQuery} query
   * @param {(sub: any, change: any) => void} listener */
  constructor(client, channel, query, listener) {
    this.client = client;
    this.channel = channel;
    this.query = query; // what the relay last agreed to
    this.asked = query; // what the caller wants
    this.sent = query; // what the request under way says
    this.listener = listener;
  }

  /** @param {FleetQuery} query */
  update(query) {
    this.client.update(this, query);
  }

  close() {
    this.client.drop(this);
  }

  /** @param {Partial<Change> & { kind: Change['kind'] }} change */
  tell(change) {
    this.listener(this, { changed: [], left: [], ...change });
  }

  /** @param {any} message */
  receive(message) {
    switch (message.op) {
      case 'snapshot': return this.takeSnapshot(message);
      case 'patch': return this.takePatch(message);
      case 'window': return this.takeWindow(message);
      case 'log': return this.takeRecords(message.records);
      case 'reset':
        this.rev = null;
        this.offsets.clear();
        return this.tell({ kind: 'reset', why: message.why });
      case 'gap': return this.tell({ kind: 'gap', ranges: message.ranges });
      case 'lane': return this.tell({ kind: 'lane', lane: message.lane });
    }
  }

  /** @param {{ part: number, last: boolean, rev: number, rows: Row[] }} message */
  takeSnapshot({ part, last, rev, rows }) {
    if (part === 0 || !this.staged) this.staged = new Map();
    for (const row of rows) this.staged.set(rowKey(row), mergeRow(undefined, row));
    if (!last) return;
    /** @type {Left[]} */
    const left = [];
    for (const [key, row] of this.rows)
      if (!this.staged.has(key)) left.push({ fleet: row.fleet, device_id: row.device_id, why: 'unmatched' });
    this.rows = this.staged;
    this.staged = null;
    this.rev = rev;
    this.tell({ kind: 'snapshot', changed: [...this.rows.values()], left });
  }

  /** @param {{ from_rev: number, rev: number, set?: Row[], left?: [string, string, Left['why']][] }} message */
  takePatch({ from_rev, rev, set = [], left = [] }) {
    if (this.rev !== null && from_rev > this.rev) return this.client.restart(this); // a hole: all of it again
    const changed = set.map((said) => {
      const key = rowKey(said);
      const row = mergeRow(this.rows.get(key), said);
      this.rows.set(key, row);
      return row;
    });
    for (const [fleet, device_id] of left) this.rows.delete(rowKey({ fleet, device_id }));
    this.rev = rev;
    this.tell({ kind: 'patch', changed, left: left.map(([fleet, device_id, why]) => ({ fleet, device_id, why })) });
  }

  /** @param {{ rows: Row[], n_match: number, totals?: Record<string, any>, rev: number }} message */
  takeWindow({ rows, n_match, totals = {}, rev }) {
    this.window = { rows: rows.map((row) => mergeRow(undefined, row)), nMatch: n_match, totals };
    this.rev = rev;
    this.tell({ kind: 'window', changed: this.window.rows });
  }

  /** @param {LogRecord[]} records */
  takeRecords(records) {
    for (const record of records) {
      if (record.o <= (this.offsets.get(record.p) ?? -1)) continue; // a resume may repeat some
      this.offsets.set(record.p, record.o);
      this.listener(record, this);
    }
  }
}

class Client {
  /** @type {any} */ socket = null;
  /** @type {ClientState} */ state;
  /** @type {Set<Subscription>} */ subs = new Set();
  /** @type {Map<number, Subscription>} */ byCh = new Map();
  /** @type {Map<number, Subscription>} */ byRequest = new Map();
  /** @type {Map<string, Set<Function>>} */ listeners = new Map();
  /** @type {number[]} */ clock = [];
  /** @type {string | null} */ resume = null;
  /** @type {Record<string, any>} */ limits = {};
  requests = 0;
  attempt = 0;
  heardMs = 0;
  /** @type {{ reason: string, retry_ms: number } | null} */ farewell = null;
  isClosed = false;

  /** @param {string} url
   * @param {ConnectOptions} options */
  constructor(url, { getToken, env }) {
    this.url = url;
    this.getToken = getToken;
    /** @type {Env} */
    this.env = {
      WebSocket: globalThis.WebSocket, now: Date.now, random: Math.random,
      setTimeout: (run, ms) => setTimeout(run, ms), clearTimeout: (timer) => clearTimeout(timer), ...env,
    };
    this.state = { name: 'connecting', since_ms: this.env.now(), attempt: 0, retry_at_ms: null, why: '' };
    this.onOnline = () => this.retry();
    globalThis.addEventListener?.('online', this.onOnline);
    this.open();
  }

  /** @template {keyof ClientEvents} T
   * @param {T} type
   * @param {ClientEvents[T]} listener
   * @returns {() => void} takes the listener away again */
  on(type, listener) {
    const set = this.listeners.get(type) ?? new Set();
    this.listeners.set(type, set.add(listener));
    return () => set.delete(listener);
  }

  /** @param {FleetQuery} query
   * @param {(sub: Subscription, change: Change) => void} onChange */
  fleet(query, onChange) {
    return this.add(new Subscription(this, 'fleet', query, onChange));
  }

  /** @param {string} topic
   * @param {(record: LogRecord) => void} onRecord */
  log(topic, onRecord) {
    return this.add(new Subscription(this, `log/${topic}`, {}, onRecord));
  }

  /** One request of a subscription is under way at a time; of those asked meanwhile only the newest is sent.
   * @param {Subscription} sub
   * @param {FleetQuery} query */
  update(sub, query) {
    sub.asked = query;
    if (sub.request === null) this.ask(sub);
  }

  /** The relay's clock, as well as it can be known here. */
  now() {
    return this.env.now() + this.clockOffsetMs();
  }

  /** By the sample, of the last ones, that travelled least. */
  clockOffsetMs() {
    return this.clock.length ? Math.max(...this.clock) : 0;
  }

  /** Now, instead of when the back-off ends. */
  retry() {
    if (this.state.name === 'offline' && !this.isClosed) this.open();
  }

  close() {
    this.isClosed = true;
    globalThis.removeEventListener?.('online', this.onOnline);
    this.hangUp();
    this.setState('offline', 'closed', null);
  }

  // ---- from here on: not for callers ----

  /** @param {string} type
   * @param {...any} args */
  emit(type, ...args) {
    for (const listener of [...(this.listeners.get(type) ?? [])]) listener(...args);
  }

  /** @param {ClientState['name']} name
   * @param {string} why
   * @param {number | null} retry_at_ms */
  setState(name, why, retry_at_ms) {
    this.state = { name, why, since_ms: this.env.now(), attempt: this.attempt, retry_at_ms };
    this.emit('state', this.state);
  }

  async open() {
    this.env.clearTimeout(this.timer);
    this.setState('connecting', '', null);
    let token;
    try {
      token = await this.getToken?.();
    } catch (error) {
      return this.goOffline(`no token: ${error}`);
    }
    if (this.isClosed || this.socket) return;
    const socket = (this.socket = new this.env.WebSocket(this.url, SUBPROTOCOL));
    this.heardMs = this.env.now();
    socket.onopen = () => {
      this.send({ op: 'hello', v: 1, ...(token && { token }) });
      this.subs.forEach((sub) => this.ask(sub));
    };
    socket.onmessage = (/** @type {MessageEvent} */ { data }) => this.receive(data);
    socket.onclose = (/** @type {CloseEvent} */ { code, reason }) =>
      this.goOffline(this.farewell?.reason || reason || `closed, ${code}`);
    this.watchSilence();
  }

  /** A half-open socket never says that it is dead. */
  watchSilence() {
    this.timer = this.env.setTimeout(() => {
      if (this.env.now() - this.heardMs > SILENCE_MS) this.goOffline('silent');
      else this.watchSilence();
    }, SILENCE_MS / 3);
  }

  hangUp() {
    this.env.clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.byCh.clear();
    this.byRequest.clear();
    for (const sub of this.subs) sub.ch = sub.request = sub.staged = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** @param {string} why */
  goOffline(why) {
    const isSettled = this.state.name === 'live' && this.env.now() - this.state.since_ms >= SETTLED_MS;
    this.hangUp();
    if (this.isClosed) return;
    const wait = backoffMs(isSettled ? 0 : this.attempt, this.env.random) + (this.farewell?.retry_ms ?? 0);
    this.attempt = isSettled ? 1 : this.attempt + 1;
    this.farewell = null;
    this.timer = this.env.setTimeout(() => this.open(), wait);
    this.setState('offline', why, this.env.now() + wait);
  }

  /** @param {Subscription} sub */
  add(sub) {
    this.subs.add(sub);
    this.ask(sub);
    return sub;
  }

  /** @param {Subscription} sub */
  drop(sub) {
    this.subs.delete(sub);
    this.leave(sub);
  }

  /** @param {Subscription} sub */
  restart(sub) {
    this.leave(sub);
    sub.rev = null;
    this.ask(sub);
  }

  /** @param {Subscription} sub */
  leave(sub) {
    const { ch } = sub;
    if (ch === null) return; // if a request is under way, its answer will be met by an unsubscribe
    this.byCh.delete(ch);
    sub.ch = null;
    this.send({ op: 'unsubscribe', ch });
  }

  /** @param {Subscription} sub */
  ask(sub) {
    if (this.socket?.readyState !== 1) return;
    const { intervalMs, ...query } = (sub.sent = sub.asked);
    const holds = query.first === undefined && (sub.rev !== null || sub.offsets.size > 0);
    /** @type {Record<string, any>} */
    const message = { op: 'subscribe', id: (sub.request = ++this.requests), channel: sub.channel, ...query };
    if (intervalMs) message.interval_ms = intervalMs;
    if (sub.ch !== null) Object.assign(message, { op: 'update', ch: sub.ch });
    else if (this.resume !== null && holds) message.since = this.resume;
    sub.rev = null; // what answers may start anywhere
    this.byRequest.set(sub.request, sub);
    this.send(message);
  }

  /** @param {object} message */
  send(message) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  /** @param {string} data */
  receive(data) {
    this.heardMs = this.env.now();
    const message = JSON.parse(data);
    if (message.now_ms) this.takeTime(message.now_ms - this.heardMs);
    if (message.resume) this.resume = message.resume;
    switch (message.op) {
      case 'hello':
        this.limits = message.limits ?? {};
        return this.state.name === 'live' || this.setState('live', '', null);
      case 'subscribed': return this.takeSubscribed(message);
      case 'error': return this.takeError(message);
      case 'time': return this.emit('time', message);
      case 'warming': return this.emit('warming', message.partitions);
      case 'bye': return (this.farewell = message);
      default: this.byCh.get(message.ch)?.receive(message);
    }
  }

  /** A clock that was set, here or there, makes the older samples worthless.
   * @param {number} offset */
  takeTime(offset) {
    const isSet = Math.abs(offset - this.clockOffsetMs()) > CLOCK_STEP_MS;
    this.clock = [offset, ...(isSet ? [] : this.clock)].slice(0, CLOCK_SAMPLES);
  }

  /** @param {number | undefined} id */
  answered(id = 0) {
    const sub = this.byRequest.get(id);
    this.byRequest.delete(id);
    if (sub) sub.request = null;
    return sub;
  }

  /** @param {{ id: number, ch: number }} message */
  takeSubscribed({ id, ch }) {
    const sub = this.answered(id);
    if (!sub || !this.subs.has(sub)) return this.send({ op: 'unsubscribe', ch });
    if (sub.ch !== null) this.byCh.delete(sub.ch);
    this.byCh.set(ch, sub);
    Object.assign(sub, { ch, error: null, query: sub.sent });
    if (sub.asked !== sub.sent) this.ask(sub);
  }

  /** @param {WireError & { id?: number }} message */
  takeError({ id, code, message, at }) {
    const sub = this.answered(id);
    const error = { code, message, at };
    if (!sub) return this.emit('error', error);
    sub.error = error;
    sub.tell({ kind: 'error', error });
    if (sub.asked !== sub.sent) this.ask(sub);
  }
}
