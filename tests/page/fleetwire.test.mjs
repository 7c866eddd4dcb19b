// SPDX-License-Identifier: Apache-2.0
// fleetwire.js against a relay made of a few lines, on a clock that only the test moves. Runs on Node 18: node --test
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs, connect, rowKey } from '../../apps/web/fleetwire.js';

/** The surroundings of a client: sockets that the test holds the other end of, and time. */
function world() {
  const sockets = [];
  const timers = new Map();
  let now = 1_000_000;
  let n = 0;
  class FakeSocket {
    readyState = 0;
    sent = [];
    constructor(url, protocol) {
      Object.assign(this, { url, protocol });
      sockets.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    // the test's side
    accept() { this.readyState = 1; this.onopen(); }
    say(message) { this.onmessage({ data: JSON.stringify(message) }); }
    cut(code = 1006, reason = '') { this.readyState = 3; this.onclose({ code, reason }); }
    last(op) { return this.sent.filter((m) => m.op === op).at(-1); }
  }
  return {
    sockets,
    socket: () => sockets.at(-1),
    now: () => now,
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...timers].filter(([, t]) => t.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = due[1].at;
        due[1].fn();
        await settled();
      }
      now = until;
    },
    env: {
      WebSocket: FakeSocket, now: () => now, random: () => 0.5,
      setTimeout: (fn, ms) => (timers.set(++n, { fn, at: now + ms }), n), clearTimeout: (id) => timers.delete(id),
    },
  };
}
const settled = () => new Promise((done) => setImmediate(done));

async function live(options = {}) {
  const w = world();
  const client = connect('ws://relay/', { env: w.env, ...options });
  await settled();
  w.socket().accept();
  w.socket().say({ op: 'hello', v: 1, epoch: 'a', now_ms: w.now() + 70, limits: { stale_ms: 30000 } });
  return { ...w, client };
}

async function subscribed(query = {}) {
  const l = await live();
  const changes = [];
  const sub = l.client.fleet(query, (_, change) => changes.push(change));
  l.socket().say({ op: 'subscribed', id: l.socket().last('subscribe').id, ch: 7 });
  return { ...l, sub, changes };
}
const a = { fleet: 'x', device_id: '1', speed_kmh: 10, temp_c: 4 };
const b = { fleet: 'x', device_id: '2', speed_kmh: 20 };

async function withSnapshot() {
  const s = await subscribed();
  s.socket().say({ op: 'snapshot', ch: 7, rev: 5, part: 0, last: true, rows: [a, b] });
  return s;
}

test('a client says hello first, in the protocol it names, and is live once greeted', async () => {
  const { client, socket } = await live();
  assert.equal(socket().protocol, 'fleetwire.v1+json');
  assert.deepEqual(socket().sent[0], { op: 'hello', v: 1 });
  assert.equal(client.state.name, 'live');
  assert.equal(client.limits.stale_ms, 30000);
});

test('a token travels in the first message, asked for at each connection', async () => {
  let n = 0;
  const { socket, advance } = await live({ getToken: async () => `token-${++n}` });
  assert.equal(socket().sent[0].token, 'token-1');
  socket().cut();
  await advance(1000);
  socket().accept();
  assert.equal(socket().sent[0].token, 'token-2');
});

test('no token is told as the reason and tried again', async () => {
  const w = world();
  const client = connect('ws://relay/', { env: w.env, getToken: () => Promise.reject(new Error('signed out')) });
  await settled();
  assert.equal(client.state.name, 'offline');
  assert.match(client.state.why, /signed out/);
  assert.equal(w.sockets.length, 0);
});

test('subscriptions made before the connection are sent when it opens', async () => {
  const w = world();
  const client = connect('ws://relay/', { env: w.env });
  client.fleet({ where: 'speed > 3', intervalMs: 250 }, () => {});
  await settled();
  w.socket().accept();
  const { id, ...rest } = w.socket().last('subscribe');
  assert.deepEqual(rest, { op: 'subscribe', channel: 'fleet', where: 'speed > 3', interval_ms: 250 });
});

test('a snapshot in parts is told once, whole', async () => {
  const { sub, changes, socket } = await subscribed();
  socket().say({ op: 'snapshot', ch: 7, rev: 5, part: 0, last: false, rows: [a] });
  assert.equal(changes.length, 0);
  socket().say({ op: 'snapshot', ch: 7, rev: 5, part: 1, last: true, rows: [b] });
  assert.deepEqual(changes.map((c) => c.kind), ['snapshot']);
  assert.deepEqual([...sub.rows.keys()], ['x/1', 'x/2']);
});

test('a patch changes only what it names; null takes a field away; left takes a row away', async () => {
  const { sub, changes, socket } = await withSnapshot();
  socket().say({
    op: 'patch', ch: 7, from_rev: 5, rev: 6,
    set: [{ fleet: 'x', device_id: '1', speed_kmh: 12, temp_c: null }], left: [['x', '2', 'unmatched']],
  });
  assert.deepEqual({ ...sub.rows.get('x/1') }, { fleet: 'x', device_id: '1', speed_kmh: 12 });
  assert.equal(sub.rows.has('x/2'), false);
  assert.deepEqual(changes.at(-1).left, [{ fleet: 'x', device_id: '2', why: 'unmatched' }]);
});

test('a patch that begins after what is held makes the client ask for everything again', async () => {
  const { sub, socket } = await withSnapshot();
  socket().say({ op: 'patch', ch: 7, from_rev: 9, rev: 10, set: [{ fleet: 'x', device_id: '1', speed_kmh: 99 }] });
  assert.equal(socket().last('unsubscribe').ch, 7);
  socket().say({ op: 'subscribed', id: socket().last('subscribe').id, ch: 8 });
  assert.equal(sub.rows.get('x/1').speed_kmh, 10);
  socket().say({ op: 'snapshot', ch: 8, rev: 11, part: 0, last: true, rows: [{ ...a, speed_kmh: 99 }] });
  assert.deepEqual([...sub.rows.keys()], ['x/1']);
});

test('a window is replaced as a whole', async () => {
  const { sub, socket } = await subscribed({ order: '-speed_kmh', first: 2, totals: ['status'] });
  const { order, first, totals } = socket().last('subscribe');
  assert.deepEqual({ order, first, totals }, { order: '-speed_kmh', first: 2, totals: ['status'] });
  socket().say({ op: 'window', ch: 7, rev: 3, rows: [b, a], n_match: 300, totals: { status: { moving: 300 } } });
  assert.deepEqual(sub.window.rows.map(rowKey), ['x/2', 'x/1']);
  assert.equal(sub.window.nMatch, 300);
});

test('rows stay on show during a reset, until the snapshot that follows', async () => {
  const { sub, changes, socket } = await withSnapshot();
  socket().say({ op: 'reset', ch: 7, why: 'topic made again' });
  assert.equal(sub.rows.size, 2);
  socket().say({ op: 'snapshot', ch: 7, rev: 1, part: 0, last: true, rows: [b] });
  assert.deepEqual([...sub.rows.keys()], ['x/2']);
  assert.deepEqual(changes.at(-1).left, [{ fleet: 'x', device_id: '1', why: 'unmatched' }]);
});

test('of updates made while one is under way only the newest is sent', async () => {
  const { sub, socket, client } = await withSnapshot();
  const nSent = () => socket().sent.filter((m) => m.op === 'update').length;
  client.update(sub, { where: 'one' });
  client.update(sub, { where: 'two' });
  sub.update({ where: 'three' });
  assert.equal(nSent(), 1);
  socket().say({ op: 'subscribed', id: socket().last('update').id, ch: 9 });
  assert.equal(nSent(), 2);
  assert.deepEqual([socket().last('update').where, socket().last('update').ch], ['three', 9]);
});

test('after an update what is held is patched under the new number', async () => {
  const { sub, socket } = await withSnapshot();
  sub.update({ where: 'speed > 15' });
  socket().say({ op: 'subscribed', id: socket().last('update').id, ch: 9 });
  socket().say({ op: 'patch', ch: 9, from_rev: 5, rev: 8, set: [], left: [['x', '1', 'unmatched']] });
  assert.deepEqual([...sub.rows.keys()], ['x/2']);
});

test('a refused question is told; what was subscribed before goes on', async () => {
  const { sub, changes, socket } = await withSnapshot();
  sub.update({ where: 'sped > 3' });
  socket().say({ op: 'error', id: socket().last('update').id, code: 'bad_query', message: 'no field', at: 'where' });
  assert.equal(sub.error.code, 'bad_query');
  assert.equal(changes.at(-1).kind, 'error');
  socket().say({ op: 'patch', ch: 7, from_rev: 5, rev: 6, set: [{ fleet: 'x', device_id: '1', speed_kmh: 11 }], left: [] });
  assert.equal(sub.rows.get('x/1').speed_kmh, 11);
});

test('a hostile key cannot reach the prototype of rows', async () => {
  const { sub, socket } = await subscribed();
  socket().onmessage({
    data: '{"op":"snapshot","ch":7,"rev":1,"part":0,"last":true,"rows":[{"fleet":"x","device_id":"1","__proto__":{"evil":1}}]}',
  });
  assert.equal(sub.rows.get('x/1').evil, undefined);
  assert.equal({}.evil, undefined);
});

test('closing a subscription whose answer is under way still ends it at the relay', async () => {
  const { client, socket } = await live();
  const sub = client.fleet({}, () => assert.fail('told after close'));
  const { id } = socket().last('subscribe');
  sub.close();
  socket().say({ op: 'subscribed', id, ch: 3 });
  assert.deepEqual(socket().last('unsubscribe'), { op: 'unsubscribe', ch: 3 });
  socket().say({ op: 'snapshot', ch: 3, rev: 1, part: 0, last: true, rows: [a] });
});

test('after a lost connection rows stay, and the resume token is given', async () => {
  const { sub, client, socket, advance } = await withSnapshot();
  socket().say({ op: 'time', now_ms: 1_000_070, rev: 5, resume: 'offsets' });
  socket().cut();
  assert.equal(client.state.name, 'offline');
  assert.equal(client.state.retry_at_ms, 1_000_000 + 125);
  await advance(125);
  assert.equal(client.state.name, 'connecting');
  socket().accept();
  assert.equal(socket().last('subscribe').since, 'offsets');
  socket().say({ op: 'hello', v: 1, epoch: 'b', now_ms: 1_000_300, limits: {} });
  socket().say({ op: 'subscribed', id: socket().last('subscribe').id, ch: 1 });
  assert.equal(sub.rows.size, 2);
  socket().say({ op: 'patch', ch: 1, from_rev: 900, rev: 901, set: [], left: [['x', '1', 'deleted']] });
  assert.deepEqual([...sub.rows.keys()], ['x/2']);
});

test('a window has nothing to resume', async () => {
  const { socket, advance } = await subscribed({ first: 10 });
  socket().say({ op: 'window', ch: 7, rev: 3, rows: [a], n_match: 1, totals: {} });
  socket().say({ op: 'time', now_ms: 1_000_070, rev: 5, resume: 'offsets' });
  socket().cut();
  await advance(125);
  socket().accept();
  assert.equal('since' in socket().last('subscribe'), false);
});

test('records repeated by a resume are told once', async () => {
  const { client, socket, advance } = await live();
  const seen = [];
  client.log('iot-events', (record) => seen.push(`${record.p}:${record.o}`));
  const subscribe = () => socket().last('subscribe');
  assert.equal(subscribe().channel, 'log/iot-events');
  socket().say({ op: 'subscribed', id: subscribe().id, ch: 2 });
  socket().say({ op: 'log', ch: 2, records: [{ p: 0, o: 4 }, { p: 1, o: 4 }] });
  socket().say({ op: 'time', now_ms: 1_000_070, rev: 5, resume: 'offsets' });
  socket().cut();
  await advance(125);
  socket().accept();
  assert.equal(subscribe().since, 'offsets');
  socket().say({ op: 'subscribed', id: subscribe().id, ch: 1 });
  socket().say({ op: 'log', ch: 1, records: [{ p: 0, o: 4 }, { p: 0, o: 5 }] });
  assert.deepEqual(seen, ['0:4', '1:4', '0:5']);
});

test('retries are spread over a doubling span with a ceiling', () => {
  assert.deepEqual([0, 1, 2, 3, 10, 60].map((n) => backoffMs(n, () => 0.999999)), [249, 499, 999, 1999, 29999, 29999]);
  assert.equal(backoffMs(10, () => 0), 0);
});

test('a relay that only greets and hangs up does not reset the back-off', async () => {
  const { socket, advance, client } = await live();
  const waits = [];
  client.on('state', (s) => s.name === 'offline' && waits.push(s.retry_at_ms - s.since_ms));
  for (let i = 0; i < 3; i++) {
    socket().cut();
    await advance(waits.at(-1));
    socket().accept();
    socket().say({ op: 'hello', v: 1, epoch: 'a', now_ms: 1, limits: {} });
  }
  assert.deepEqual(waits, [125, 250, 500]);
  await advance(6000);
  socket().cut();
  assert.equal(waits.at(-1), 125);
});

test('a bye says why and how long to stay away', async () => {
  const { client, socket } = await live();
  socket().say({ op: 'bye', reason: 'restart', resume: 'there', retry_ms: 2000 });
  socket().cut(1001);
  assert.equal(client.state.why, 'restart');
  assert.equal(client.state.retry_at_ms - client.state.since_ms, 2125);
});

test('a connection that fell silent is given up', async () => {
  const { client, advance, sockets } = await live();
  await advance(21_000);
  assert.equal(sockets[0].readyState, 3);
  assert.equal(client.state.name, 'connecting');
  assert.equal(sockets.length, 2);
});

test('retry goes at once; close ends it for good', async () => {
  const { client, socket, sockets, advance } = await live();
  socket().cut();
  client.retry();
  await settled();
  assert.equal(sockets.length, 2);
  client.close();
  await advance(60_000);
  assert.equal(sockets.length, 2);
  assert.deepEqual([client.state.name, client.state.why], ['offline', 'closed']);
});

test("the relay's clock is taken from the message that travelled least", async () => {
  const { client, socket, now } = await live();
  socket().say({ op: 'time', now_ms: now() + 20, rev: 1 });
  assert.equal(client.now() - now(), 70);
  socket().say({ op: 'time', now_ms: now() + 95, rev: 1 });
  assert.equal(client.clockOffsetMs(), 95);
});

test('a clock that was set is believed at once', async () => {
  const { client, socket, now } = await live();
  socket().say({ op: 'time', now_ms: now() + 46_000, rev: 1 });
  socket().say({ op: 'time', now_ms: now() + 60, rev: 1 });
  assert.equal(client.clockOffsetMs(), 60);
});

test('what listeners hear can be stopped', async () => {
  const { client, socket } = await live();
  let n = 0;
  const off = client.on('time', () => n++);
  socket().say({ op: 'time', now_ms: 1, rev: 1 });
  off();
  socket().say({ op: 'time', now_ms: 1, rev: 1 });
  assert.equal(n, 1);
});
