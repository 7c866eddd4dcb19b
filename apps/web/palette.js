// SPDX-License-Identifier: Apache-2.0
// The colours of base.css for what is drawn on canvases, read again when the reader's light or contrast changes.

const NAMES = ['ground', 'panel', 'line', 'ink', 'dim', 'faint', 'accent', 'critical', 'warning', 'road', 'trail', 'band'];

/** @typedef {Record<string, string> & { font: string }} Palette */

/** @returns {Palette} */
function read() {
  const style = getComputedStyle(document.documentElement);
  /** @type {Record<string, string>} */
  const colours = { font: getComputedStyle(document.body).fontFamily };
  for (const name of NAMES) colours[name] = style.getPropertyValue(`--${name}`).trim();
  return /** @type {Palette} */ (colours);
}

export let palette = read();
/** @type {Set<() => void>} */
const listeners = new Set();

/** @param {() => void} listener */
export function onPalette(listener) {
  listeners.add(listener);
}

for (const query of ['(prefers-color-scheme: light)', '(prefers-contrast: more)', '(forced-colors: active)'])
  matchMedia(query).addEventListener('change', () => {
    palette = read();
    for (const listener of listeners) listener();
  });

const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** Does the reader ask for less motion? */
export function isCalm() {
  return calm.matches;
}
