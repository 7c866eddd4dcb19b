// SPDX-License-Identifier: Apache-2.0
// The state of the connection, always in sight: word and lamp, the relay's clock, how far behind the screen is; when it
// is gone, a line that says since when, what is shown meanwhile, and when it will be tried again.
import { find, setData, setText } from './dom.js';
import { clock, duration } from './format.js';
import { say } from './text.js';

/** @import { Client, Row } from './fleetwire.js' */

const SAMPLES = 60;
const GRACE_MS = 1500; // a reconnect shorter than this is not worth a line

export class LinkView {
  /** @type {number[]} */ delays = [];
  /** @type {Map<string, number>} */ seen = new Map();
  nUpdates = 0;
  nSeen = 0;
  lamp = /** @type {HTMLElement} */ (document.querySelector('.link-lamp'));
  lostAtMs = 0;
  shownAtMs = 0;

  /** @param {Client} client */
  constructor(client) {
    this.client = client;
    client.on('state', () => this.tick());
    find('lost-retry').addEventListener('click', () => client.retry());
  }

  /** Each new event seen tells how long it took from Kafka to here.
   * @param {Row[]} rows
   * @param {boolean} isNews a snapshot tells of the past */
  take(rows, isNews) {
    const nowMs = this.client.now();
    this.shownAtMs = nowMs;
    for (const row of rows) {
      if (typeof row.last_seen_ms !== 'number') continue;
      const key = `${row.fleet}/${row.device_id}`;
      if (this.seen.get(key) === row.last_seen_ms) continue;
      this.seen.set(key, row.last_seen_ms);
      if (!isNews) continue;
      this.nUpdates++;
      this.delays.push(nowMs - row.last_seen_ms);
    }
    if (this.delays.length > SAMPLES) this.delays.splice(0, this.delays.length - SAMPLES);
  }

  tick() {
    const { name, retry_at_ms } = this.client.state;
    document.body.dataset.link = name;
    setText(find('link-word'), say(`link.${name}`));
    if (name === 'live') this.lostAtMs = 0;
    else this.lostAtMs ||= Date.now();
    setText(find('link-clock'), clock(this.client.now()));
    setText(find('link-behind'), name === 'live' && this.delays.length ? say('link.behind', { ms: Math.max(0, Math.round(median(this.delays))) }) : '');
    this.beat(name === 'live');
    this.tellLoss(retry_at_ms);
  }

  /** The lamp beats while news comes in.
   * @param {boolean} isLive */
  beat(isLive) {
    const isBeat = isLive && this.nUpdates !== this.nSeen && !('beat' in this.lamp.dataset);
    setData(this.lamp, 'beat', isBeat ? '' : null);
    this.nSeen = this.nUpdates;
  }

  /** @param {number | null} retryAtMs */
  tellLoss(retryAtMs) {
    const lostMs = this.lostAtMs ? Date.now() - this.lostAtMs : 0;
    find('lost').hidden = lostMs < GRACE_MS;
    if (lostMs < GRACE_MS) return;
    const words = this.shownAtMs
      ? say('link.lost', { time: duration(lostMs), clock: clock(this.shownAtMs), wait: duration(Math.max(0, (retryAtMs ?? Date.now()) - Date.now())) })
      : say('link.opening');
    setText(find('lost-text'), words);
  }
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
