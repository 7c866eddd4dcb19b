// SPDX-License-Identifier: Apache-2.0
// One number over the last minutes, by Chart.js: the mean as a line in the band from least to greatest.
import {
  Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip,
} from './vendor/chart.js/chart.esm.js';
import { bareNumber, clock, fieldLabel, number } from './format.js';
import { palette } from './palette.js';
import { SPAN_MS } from './samples.js';
import { say } from './text.js';

/** @import { Sample, Samples } from './samples.js' */

Chart.register(Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);

const FEW = 24; // so few samples are shown as points too
const LEAST_SPAN_MS = 60_000;

export class LiveChart {
  /** @param {HTMLCanvasElement} canvas
   * @param {Samples} samples
   * @param {string} name */
  constructor(canvas, samples, name) {
    this.canvas = canvas;
    this.samples = samples;
    this.name = name;
    this.chart = new Chart(canvas, this.config());
    this.recolour();
  }

  config() {
    const line = { pointRadius: 0, pointHitRadius: 0, borderWidth: 0, data: [] };
    return {
      type: 'line',
      data: { datasets: [{ ...line, borderWidth: 2, cubicInterpolationMode: 'monotone' }, { ...line, fill: '+1', borderWidth: 1 }, { ...line, borderWidth: 1 }] },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        layout: { padding: { top: 6, right: 10 } },
        plugins: { legend: { display: false }, tooltip: this.tooltip() },
        scales: {
          x: { type: 'linear', grid: { drawTicks: false }, ticks: { maxRotation: 0, padding: 6, autoSkip: false, callback: tickClock }, afterBuildTicks: clockTicks },
          y: { type: 'linear', grid: { drawTicks: false }, ticks: { maxTicksLimit: 5, padding: 8, callback: tickNumber } },
        },
      },
    };
  }

  tooltip() {
    return {
      displayColors: false,
      filter: (/** @type {any} */ item) => item.datasetIndex === 0,
      callbacks: {
        title: (/** @type {any[]} */ [item]) => (item ? clock(item.parsed.x) : ''),
        label: (/** @type {any} */ item) => `${say('chart.mean')} ${number(this.name, item.parsed.y)}`,
        afterLabel: (/** @type {any} */ item) => rangeWords(this.name, this.samples.of(this.name)[item.dataIndex]),
      },
    };
  }

  recolour() {
    const [mean, max, min] = this.chart.data.datasets;
    const edge = mixed(palette.band, palette.ground, 0.35);
    Object.assign(max, { borderColor: edge, backgroundColor: mixed(palette.band, palette.ground, 0.14) });
    Object.assign(min, { borderColor: edge });
    Object.assign(mean, { borderColor: palette.accent, pointBackgroundColor: palette.accent, pointBorderColor: palette.accent });
    const { scales, plugins } = this.chart.options;
    for (const scale of [scales.x, scales.y]) {
      Object.assign(scale.grid, { color: palette.line, borderColor: palette.line });
      Object.assign(scale.ticks, { color: palette.dim, font: { family: palette.font, size: 11 } });
    }
    Object.assign(plugins.tooltip, { backgroundColor: palette.panel, borderColor: palette.line, borderWidth: 1, titleColor: palette.dim, bodyColor: palette.ink, bodyFont: { family: palette.font } });
  }

  /** @param {string} name */
  setName(name) {
    this.name = name;
  }

  /** @param {number} nowMs */
  draw(nowMs) {
    const list = this.samples.of(this.name);
    const [mean, max, min] = this.chart.data.datasets;
    const isOne = list.every((s) => s.min === s.max);
    const points = (/** @type {'min' | 'mean' | 'max'} */ key) => list.map((s) => ({ x: s.t, y: s[key] }));
    max.data = isOne ? [] : points('max');
    min.data = isOne ? [] : points('min');
    mean.data = points('mean');
    mean.pointRadius = list.length <= FEW ? 2.5 : 0;
    this.scale(list, nowMs);
    this.chart.update('none');
    this.canvas.setAttribute('aria-label', say('chart.label', { name: fieldLabel(this.name), span: say('unit.m', { n: SPAN_MS / 60000 }), value: number(this.name, list.at(-1)?.mean) }));
  }

  /** Time grows from a minute to the whole span; values get a little air, but none below zero if none is negative.
   * @param {Sample[]} list
   * @param {number} nowMs */
  scale(list, nowMs) {
    const { x, y } = this.chart.options.scales;
    x.min = Math.max(nowMs - SPAN_MS, Math.min(list[0]?.t ?? nowMs, nowMs - LEAST_SPAN_MS));
    x.max = nowMs;
    const least = Math.min(...list.map((s) => s.min));
    const greatest = Math.max(...list.map((s) => s.max));
    const air = Math.max((greatest - least) * 0.15, 0.5);
    y.suggestedMin = least >= 0 ? Math.max(0, least - air) : least - air;
    y.suggestedMax = greatest + air;
  }

  destroy() {
    this.chart.destroy();
  }
}

/** @param {string} name
 * @param {Sample | undefined} sample */
export function rangeWords(name, sample) {
  if (!sample || sample.min === sample.max) return '';
  return say('chart.range', { min: bareNumber(name, sample.min), max: number(name, sample.max) });
}

/** No decimals but those that tell ticks apart.
 * @param {number} value */
function tickNumber(value) {
  return String(Number(value.toFixed(2))).replace('-', '−');
}

/** Ticks on round times.
 * @param {any} axis */
function clockTicks(axis) {
  const span = axis.max - axis.min;
  const step = [5000, 10_000, 15_000, 30_000, 60_000, 120_000].find((s) => span / s <= Math.max(2, axis.width / 80)) ?? 300_000;
  axis.ticks = [];
  for (let t = Math.ceil(axis.min / step) * step; t < axis.max; t += step) axis.ticks.push({ value: t });
}

/** Seconds only where they are not none.
 * @param {number} t */
function tickClock(t) {
  return clock(t).replace(/:00$/, '');
}

/** Chart.js needs a colour it can read: two hex colours mixed.
 * @param {string} a
 * @param {string} b
 * @param {number} share of a */
function mixed(a, b, share) {
  const parts = (/** @type {string} */ hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const [x, y] = [parts(a), parts(b)];
  return `rgb(${x.map((v, i) => Math.round(v * share + y[i] * (1 - share))).join(', ')})`;
}
