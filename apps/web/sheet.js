// SPDX-License-Identifier: Apache-2.0
// The phone's sheet: three stops (map, half, list), moved by its handle, by keys, or by the tabs below.
import { find } from './dom.js';

/** @typedef {'map' | 'half' | 'list'} Stop */

/** @type {Stop[]} */
const STOPS = ['map', 'half', 'list'];
const PEEK_PX = 92; // of the sheet at its lowest stop: the handle and the first row
const FLICK_PX_PER_MS = 0.5;
const phone = matchMedia('(max-width: 759px)');

export class Sheet {
  /** @type {Stop} */ stop = 'half';

  /** @param {(stop: Stop) => void} onStop */
  constructor(onStop) {
    this.onStop = onStop;
    this.sheet = find('sheet');
    this.handle = find('sheet-handle');
    this.listen();
    phone.addEventListener('change', () => this.place());
    new ResizeObserver(() => this.place()).observe(/** @type {HTMLElement} */ (this.sheet.parentElement));
    this.place();
  }

  listen() {
    this.handle.addEventListener('pointerdown', (event) => this.grab(event));
    this.handle.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowUp') this.step(1);
      else if (event.key === 'ArrowDown') this.step(-1);
      else return;
      event.preventDefault();
    });
    this.handle.addEventListener('click', (event) => {
      if (event.detail === 0) this.go(this.stop === 'list' ? 'map' : STOPS[STOPS.indexOf(this.stop) + 1]); // by key
    });
  }

  /** @param {number} by */
  step(by) {
    this.go(STOPS[Math.max(0, Math.min(STOPS.length - 1, STOPS.indexOf(this.stop) + by))]);
  }

  /** @param {Stop} stop */
  go(stop) {
    this.stop = stop;
    this.place();
    this.onStop(stop);
  }

  height() {
    return this.sheet.parentElement?.clientHeight ?? 0;
  }

  /** @param {Stop} stop */
  top(stop) {
    const height = this.height();
    return stop === 'list' ? 0 : stop === 'half' ? Math.round(height * 0.5) : height - PEEK_PX;
  }

  place() {
    document.body.dataset.stop = this.stop;
    this.putAt(this.top(this.stop));
  }

  /** @param {number} top */
  putAt(top) {
    const style = document.documentElement.style;
    style.setProperty('--sheet-y', `${top}px`);
    style.setProperty('--sheet-hidden', `${top}px`);
    style.setProperty('--covered-px', phone.matches ? String(this.height() - Math.max(top, this.height() * 0.5)) : '0');
  }

  /** @param {PointerEvent} event */
  grab(event) {
    const from = this.top(this.stop);
    const track = { y: event.clientY, at: event.timeStamp, speed: 0, moved: 0 };
    this.handle.setPointerCapture(event.pointerId);
    this.sheet.dataset.dragging = '';
    const move = (/** @type {PointerEvent} */ e) => {
      track.speed = (e.clientY - track.y) / Math.max(1, e.timeStamp - track.at);
      track.y = e.clientY;
      track.at = e.timeStamp;
      track.moved = e.clientY - event.clientY;
      this.putAt(Math.max(0, Math.min(this.top('map'), from + track.moved)));
    };
    const drop = () => {
      this.handle.removeEventListener('pointermove', move);
      delete this.sheet.dataset.dragging;
      this.go(this.landing(from + track.moved, track.speed, Math.abs(track.moved) < 4));
    };
    this.handle.addEventListener('pointermove', move);
    this.handle.addEventListener('pointerup', drop, { once: true });
    this.handle.addEventListener('pointercancel', drop, { once: true });
  }

  /** The stop that the hand meant: the next one by a flick or a tap, else the nearest.
   * @param {number} top
   * @param {number} speed
   * @param {boolean} isTap
   * @returns {Stop} */
  landing(top, speed, isTap) {
    const at = STOPS.indexOf(this.stop);
    if (isTap) return STOPS[(at + 1) % STOPS.length];
    if (speed < -FLICK_PX_PER_MS) return STOPS[Math.min(2, at + 1)];
    if (speed > FLICK_PX_PER_MS) return STOPS[Math.max(0, at - 1)];
    return STOPS.reduce((best, stop) => (Math.abs(this.top(stop) - top) < Math.abs(this.top(best) - top) ? stop : best));
  }
}

/** Is this the phone's layout? */
export function isPhone() {
  return phone.matches;
}
