// SPDX-License-Identifier: Apache-2.0
// Charts twice: a strip below the map with one chosen number, and, when there is no map to show, one chart per number.
import { find, make, setText } from './dom.js';
import { count, fieldLabel, number } from './format.js';
import { LiveChart, rangeWords } from './live-chart.js';
import { onPalette } from './palette.js';
import { say } from './text.js';

/** @import { Samples } from './samples.js' */

const MAX_CHARTS = 6;

export class ChartsView {
  /** @type {Map<string, { chart: LiveChart, value: HTMLElement, about: HTMLElement }>} */ big = new Map();
  /** @type {LiveChart | null} */ strip = null;
  name = '';

  /** @param {Samples} samples */
  constructor(samples) {
    this.samples = samples;
    onPalette(() => {
      for (const chart of this.all()) chart.recolour();
    });
  }

  all() {
    return [...[...this.big.values()].map(({ chart }) => chart), ...(this.strip ? [this.strip] : [])];
  }

  /** @param {number} nowMs
   * @param {boolean} isAlone no map is shown */
  draw(nowMs, isAlone) {
    const names = this.samples.names();
    if (isAlone) this.drawBig(names.filter((name) => name !== 'updates').slice(0, MAX_CHARTS), nowMs);
    else this.drawStrip(names, nowMs);
  }

  /** @param {string[]} names
   * @param {number} nowMs */
  drawBig(names, nowMs) {
    for (const [name, { chart }] of this.big) {
      if (names.includes(name)) continue;
      chart.destroy();
      find('charts').querySelector(`[data-chart="${CSS.escape(name)}"]`)?.remove();
      this.big.delete(name);
    }
    for (const name of names) {
      const { chart, value, about } = this.big.get(name) ?? this.addBig(name);
      const last = this.samples.last(name);
      setText(value, number(name, last?.mean));
      setText(about, [last && last.n > 1 ? say('chart.mean_of', { n: count(last.n) }) : '', rangeWords(name, last)].filter(Boolean).join('  ·  '));
      chart.draw(nowMs);
    }
  }

  /** @param {string} name */
  addBig(name) {
    const value = make('strong');
    const about = make('p');
    const canvas = /** @type {HTMLCanvasElement} */ (make('canvas'));
    canvas.setAttribute('role', 'img');
    const card = make('section', { css: 'chart' },
      make('header', {}, make('h2', { text: fieldLabel(name) }), value, about), make('div', { css: 'chart-plot' }, canvas));
    card.dataset.chart = name;
    find('charts').append(card);
    const entry = { chart: new LiveChart(canvas, this.samples, name), value, about };
    this.big.set(name, entry);
    return entry;
  }

  /** @param {string[]} names
   * @param {number} nowMs */
  drawStrip(names, nowMs) {
    const name = names.includes(this.name) ? this.name : names[0];
    this.fillTabs(names, name);
    if (!name) return;
    this.strip ??= new LiveChart(/** @type {HTMLCanvasElement} */ (find('strip-canvas')), this.samples, name);
    this.strip.setName(name);
    if (find('strip').offsetParent) this.strip.draw(nowMs);
    const last = this.samples.last(name);
    const now = find('strip-now');
    if (!now.firstElementChild) now.append(make('b'), make('span'));
    setText(now.children[0], `${number(name, last?.mean)} `);
    setText(now.children[1], [say('chart.mean'), rangeWords(name, last)].filter(Boolean).join('  ·  '));
  }

  /** @param {string[]} names
   * @param {string | undefined} chosen */
  fillTabs(names, chosen) {
    const tabs = find('strip-tabs');
    if (tabs.dataset.names !== names.join()) {
      tabs.dataset.names = names.join();
      tabs.replaceChildren(...names.map((name) => this.tab(name)));
    }
    for (const tab of tabs.children) tab.setAttribute('aria-pressed', String(tab instanceof HTMLElement && tab.dataset.name === chosen));
  }

  /** @param {string} name */
  tab(name) {
    const tab = /** @type {HTMLButtonElement} */ (make('button', { text: fieldLabel(name) }));
    tab.type = 'button';
    tab.dataset.name = name;
    tab.addEventListener('click', () => {
      this.name = name;
      this.draw(Date.now(), false);
    });
    return tab;
  }
}
