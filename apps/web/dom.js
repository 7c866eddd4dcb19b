// SPDX-License-Identifier: Apache-2.0
// The few things done to the document everywhere. Text goes in as text, always: names come from outside.

/** @param {string} id */
export function find(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Writes only what is different.
 * @param {Element} node
 * @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {HTMLElement} node
 * @param {string} name
 * @param {string | null} value null takes it away */
export function setData(node, name, value) {
  if (value === null) delete node.dataset[name];
  else if (node.dataset[name] !== value) node.dataset[name] = value;
}

/** @param {string} tag
 * @param {{ css?: string, text?: string }} [with_]
 * @param {...Node} children */
export function make(tag, { css = '', text = '' } = {}, ...children) {
  const node = document.createElement(tag);
  if (css) node.className = css;
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

/** A canvas made ready for its size on this screen, and cleared.
 * @param {HTMLCanvasElement} canvas */
export function freshContext(canvas) {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
