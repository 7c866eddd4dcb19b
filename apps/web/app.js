// SPDX-License-Identifier: Apache-2.0
// The page: the client, what it asks, and the views, joined. The address keeps the filter, so that it can be passed on.
import { connect, rowKey } from './fleetwire.js';
import { ChartsView } from './charts-view.js';
import { DetailView } from './detail-view.js';
import { find, make, setData, setText } from './dom.js';
import { FilterBox } from './filter-box.js';
import { LinkView } from './link-view.js';
import { Live } from './live.js';
import { MapView } from './map-view.js';
import { Pulse } from './pulse.js';
import { Samples } from './samples.js';
import { isPhone, Sheet } from './sheet.js';
import { TableView } from './table-view.js';
import { fillTexts, language, say } from './text.js';

/** @import { Change, FleetSubscription, Row, Window, WireError } from './fleetwire.js' */

const TICK_MS = 500;
const EXAMPLES = ['speed_kmh > 50mph', 'status in (idle, stopped)', 'temp_c > 8 or severity = critical', 'age > 10m', 'has fuel_pct and fuel_pct < 20'];

fillTexts(document);
document.documentElement.lang = language;

const client = connect(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`);
const live = new Live(client);
const samples = new Samples();
const link = new LinkView(client);
const pulse = new Pulse(samples, (kind, value) => live.toggleChip(kind, value));
const charts = new ChartsView(samples);
const filterBox = new FilterBox(setFilter);
const detail = new DetailView({ onClose: () => choose(null), onFollow: (is) => map.follow(is), now: () => client.now() });
const table = new TableView({
  onChoose: choose, onOrder: (order) => live.setOrder(order), onMore: () => live.showMore(), onHover: (key) => map.hover(key),
  now: () => client.now(), isStale,
});
const map = new MapView(find('map'), {
  onChoose: (vehicle) => choose(vehicle?.row ?? null), onBox: (box) => live.setBox(box), onTouched: () => detail.setFollowing(false),
  isStale: ({ row }) => isStale(row),
});
const sheet = new Sheet(() => map.refit());
/** @type {'auto' | 'charts'} */
let wantedStage = 'auto';

/** @param {Row} row */
function isStale(row) {
  return typeof row.last_seen_ms === 'number' && client.now() - row.last_seen_ms > (client.limits.stale_ms ?? 30000);
}

/** @param {string} text */
function setFilter(text) {
  if (text.trim() === live.filter) return;
  live.setFilter(text.trim());
  history.replaceState(null, '', text.trim() ? `#${encodeURIComponent(text.trim())}` : location.pathname);
}

/** @param {Row | null} row */
function choose(row) {
  const key = row && rowKey(row);
  if (key && key === live.chosenKey && detail.isOpen()) row = null;
  live.choose(row);
  if (row) detail.open(row);
  else detail.close();
  table.setChosen(live.chosenKey);
  if (row && isPhone() && sheet.stop === 'map') sheet.go('half');
  map.choose(live.chosenKey);
}

live.on('tally', (/** @type {Window} */ window) => {
  pulse.show(window);
  filterBox.tell(window.nMatch);
  takeSamples(window);
  setStage(window);
  const { critical = 0, warning = 0 } = window.totals.severity ?? {};
  setText(find('tab-attention'), critical + warning ? String(critical + warning) : '');
  document.title = critical ? `(${critical}!) ${say('page.title')}` : say('page.title');
});

live.on('filter', (/** @type {WireError | null} */ error) => filterBox.show(error));
live.on('chips', () => pulse.press(live.chips));
live.on('accepted', () => samples.clear());

live.on('window', (/** @type {Window} */ window) => {
  table.show(window, live.order);
  find('list-empty').hidden = window.nMatch > 0;
  setText(find('list-empty'), live.where() ? say('empty.no_match') : say('empty.title'));
});

live.on('refused', (/** @type {WireError} */ error) => {
  find('list-empty').hidden = false;
  setText(find('list-empty'), error.message);
});

live.on('points', (/** @type {FleetSubscription} */ sub, /** @type {Change} */ change) => {
  link.take(change.changed, change.kind === 'patch');
  map.take(sub, change);
});

live.on('chosen', (/** @type {Row | null} */ row, /** @type {Change | undefined} */ change) => {
  if (change && detail.isOpen()) detail.show(row);
});

live.on('notice', (/** @type {string} */ key, /** @type {string} */ what) => setText(find('spoken'), say(key, { what })));
client.on('warming', (partitions) => setText(find('spoken'), say('link.warming', { what: JSON.stringify(partitions) })));
client.on('state', ({ name }) => setText(find('spoken'), name === 'live' ? say('link.back') : name === 'offline' ? say('link.offline') : ''));

/** @param {Window} window */
function takeSamples({ totals }) {
  const nowMs = client.now();
  for (const [name, spread] of Object.entries(totals))
    if (typeof spread?.mean === 'number' && name !== 'lat') samples.add(name, spread, nowMs);
  if (isAlone()) charts.draw(nowMs, true);
}

/** No position among all that match: the map gives way to the charts.
 * @param {Window} window */
function setStage({ nMatch, totals }) {
  const hasMap = nMatch === 0 || (totals.lat?.n ?? totals.lat?.count ?? map.vehicles.byKey.size) > 0;
  const stage = hasMap && wantedStage === 'auto' ? 'map' : 'charts';
  setData(document.body, 'stage', stage);
  find('empty').hidden = nMatch > 0 || Boolean(live.filter);
}

function isAlone() {
  return document.body.dataset.stage === 'charts';
}

let nUpdatesBefore = 0;
let isOddTick = false;
setInterval(() => {
  link.tick();
  if (document.hidden) return;
  table.tick();
  if (detail.isOpen()) detail.tick();
  isOddTick = !isOddTick;
  if (client.state.name === 'live' && isOddTick) charts.draw(client.now(), isAlone());
  pulse.draw(client.now());
}, TICK_MS);
setInterval(() => {
  const n = link.nUpdates - nUpdatesBefore;
  nUpdatesBefore = link.nUpdates;
  if (client.state.name === 'live' && link.nUpdates) samples.add('updates', { min: n / 2, mean: n / 2, max: n / 2 }, client.now());
}, 2000);

// ---- hands and keys ----

find('zoom-in').addEventListener('click', () => map.zoom(1));
find('zoom-out').addEventListener('click', () => map.zoom(-1));
find('zoom-fit').addEventListener('click', () => map.showAll());

const help = /** @type {HTMLDialogElement} */ (find('help'));
find('help-open').addEventListener('click', () => help.showModal());
find('help-close').addEventListener('click', () => help.close());
for (const example of EXAMPLES) {
  const button = make('button', { text: example });
  button.setAttribute('type', 'button');
  button.addEventListener('click', () => {
    help.close();
    filterBox.set(example);
  });
  find('help-query').append(make('li', {}, button));
}

/** @type {Record<string, () => void>} */
const KEYS = {
  '/': () => filterBox.focus(),
  '?': () => help.showModal(),
  '0': () => map.showAll(),
  f: () => detail.isOpen() && detail.setFollowing(!detail.isFollowing),
  c: () => {
    wantedStage = wantedStage === 'auto' ? 'charts' : 'auto';
    setData(document.body, 'stage', wantedStage === 'charts' ? 'charts' : 'map');
  },
  Escape: () => (detail.isOpen() ? choose(null) : filterBox.set('')),
};
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.ctrlKey || event.metaKey || event.altKey || help.open || (isTyping && event.key !== 'Escape')) return;
  const run = KEYS[event.key];
  if (!run) return;
  event.preventDefault();
  if (isTyping) /** @type {HTMLElement} */ (event.target).blur();
  run();
});

// ---- the phone's tabs ----

const strip = find('strip');
const stripHome = /** @type {HTMLElement} */ (strip.parentElement);
function dockStrip() {
  const home = isPhone() ? find('strip-dock') : stripHome;
  if (strip.parentElement !== home) home.append(strip);
}
matchMedia('(max-width: 759px)').addEventListener('change', dockStrip);
dockStrip();

/** @param {string} tab */
function openTab(tab) {
  const wasAttention = document.body.dataset.tab === 'attention';
  document.body.dataset.tab = tab;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#tabs button')))
    button.setAttribute('aria-current', String(button.dataset.tab === tab));
  if (detail.isOpen()) choose(null);
  if (tab === 'attention') live.setChips({ severity: ['critical', 'warning'] });
  else if (wasAttention) live.setChips({});
  sheet.go(tab === 'map' ? 'map' : tab === 'list' ? 'list' : 'half');
}
find('tabs').addEventListener('click', (event) => {
  const tab = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest('[data-tab]'))?.dataset.tab : undefined;
  if (tab) openTab(tab);
});
document.querySelector('#tabs [data-tab="list"]')?.setAttribute('aria-current', 'true');

// ---- begin ----

const asked = decodeURIComponent(location.hash.slice(1));
if (asked) filterBox.input.value = asked;
filterBox.showClear();
live.start(asked);
link.tick();
