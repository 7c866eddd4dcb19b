// SPDX-License-Identifier: Apache-2.0
// What the map shows between two views. A frame's time may lie before the zoom that it shows; the glide once ran
// backwards from there, to a zoom of -500, whose graticule has no end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareDone, viewBetween } from '../../apps/web/glide.js';

const size = { width: 800, height: 600 };
const near = { x: 0.23, y: 0.41, zoom: 14, ...size };
const far = { x: 0.25, y: 0.4, zoom: 4, ...size };
const GLIDE_MS = 240;

const at = (from, to, nowMs) => viewBetween(from, to, shareDone(1000, GLIDE_MS, nowMs));

test('a frame before the zoom shows where the zoom begins', () => {
  for (const early of [999, 900, 0, -60000]) assert.deepEqual(at(near, far, early), { ...near });
});

test('a frame after the zoom shows where it ends', () => {
  for (const late of [1240, 1241, 90000]) assert.deepEqual(at(near, far, late), { ...far });
});

test('no frame leaves the way, in or out', () => {
  for (const [from, to] of [[near, far], [far, near]]) {
    let before = from.zoom;
    for (let nowMs = 500; nowMs <= 1500; nowMs += 7) {
      const { zoom, x, y } = at(from, to, nowMs);
      assert.ok(zoom >= far.zoom && zoom <= near.zoom, `zoom ${zoom} at ${nowMs} ms`);
      assert.ok(x >= near.x && x <= far.x && y >= far.y && y <= near.y);
      assert.ok(Math.sign(to.zoom - from.zoom) * (zoom - before) >= 0, 'the way back');
      before = zoom;
    }
  }
});

test('the place under the pointer stays under it', () => {
  // A zoom about a place 200 pixels right of the middle.
  const pixels = (view) => 256 * 2 ** view.zoom;
  const place = near.x + 200 / pixels(near);
  const out = { ...near, zoom: 11, x: place - 200 / (256 * 2 ** 11) };
  for (let nowMs = 1000; nowMs <= 1240; nowMs += 20) {
    const view = at(near, out, nowMs);
    assert.ok(Math.abs((place - view.x) * pixels(view) - 200) < 1e-4);
  }
});

test('a pan without a zoom, and a way that takes no time', () => {
  const beside = { ...near, x: 0.24 };
  assert.equal(at(near, beside, 1240).x, 0.24);
  assert.ok(at(near, beside, 1100).x > near.x);
  assert.equal(shareDone(1000, 0, 0), 1);
});
