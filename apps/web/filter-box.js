// SPDX-License-Identifier: Apache-2.0
// The box for the query language. It asks a moment after the last key; an error is the relay's own, with its caret.
import { find, setText } from './dom.js';
import { count } from './format.js';
import { say } from './text.js';

/** @import { WireError } from './fleetwire.js' */

const PAUSE_MS = 220;

export class FilterBox {
  /** @type {any} */ timer = 0;

  /** @param {(text: string) => void} onFilter */
  constructor(onFilter) {
    this.onFilter = onFilter;
    this.input = /** @type {HTMLInputElement} */ (find('filter-text'));
    this.fault = find('filter-fault');
    this.input.addEventListener('input', () => {
      this.showClear();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), PAUSE_MS);
    });
    find('filter').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
      if (matchMedia('(max-width: 759px)').matches) this.input.blur();
    });
    find('filter-clear').addEventListener('click', () => {
      this.set('');
      this.input.focus();
    });
  }

  /** @param {string} text */
  set(text) {
    this.input.value = text;
    this.showClear();
    this.send();
  }

  send() {
    clearTimeout(this.timer);
    this.onFilter(this.input.value);
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  showClear() {
    find('filter-clear').hidden = !this.input.value;
  }

  /** @param {WireError | null} error */
  show(error) {
    this.fault.hidden = !error;
    this.input.setAttribute('aria-invalid', String(Boolean(error)));
    if (!error) return;
    setText(this.fault, error.message);
    setText(find('filter-count'), '');
  }

  /** @param {number} nMatch */
  tell(nMatch) {
    setText(find('filter-count'), this.input.value && this.fault.hidden ? say('count.match', { n: count(nMatch) }) : '');
  }
}
