// SPDX-License-Identifier: Apache-2.0
// Every word the page says, in one place. A translation is another object of this shape; {name} is filled in.
// An entry with `one` and `other` is chosen by `n`.

/** @typedef {string | { one: string, other: string }} Entry */

/** @type {Record<string, Entry>} */
const en = {
  'page.title': 'Fleetwire',
  'page.skip': 'Skip to the list',

  'link.connecting': 'CONNECTING',
  'link.live': 'LIVE',
  'link.offline': 'NO RELAY',
  'link.behind': '{ms} ms behind',
  'link.retry': 'Retry now',
  'link.lost': 'No relay for {time}. Showing {clock}, retry in {wait}.',
  'link.opening': 'Looking for the relay …',
  'link.back': 'The relay is back.',
  'link.gap': 'Some records will not arrive here: {what}',
  'link.warming': 'Still reading partitions {what}',

  'count.devices': { one: 'device', other: 'devices' },
  'count.match': { one: '{n} match', other: '{n} match' },
  'count.rows': '{shown} of {n}',
  'count.held': 'order held while you point',
  'count.updates': '{n}/s',

  'chips.label': 'Filter by status',
  'status.moving': 'moving',
  'status.idle': 'idle',
  'status.stopped': 'stopped',
  'status.offline': 'offline',
  'status.unknown': 'unknown',
  'severity.critical': 'critical',
  'severity.warning': 'warning',
  'letter.moving': 'M',
  'letter.idle': 'I',
  'letter.stopped': 'S',
  'letter.offline': 'O',
  'letter.unknown': '?',

  'filter.label': 'Filter',
  'filter.placeholder': 'speed > 50mph and status = moving',
  'filter.clear': 'Clear the filter',

  'gauge.speed_kmh': 'mean speed',
  'gauge.temp_c': 'mean temperature',
  'gauge.updates': 'updates',

  'map.label': 'Map of {n} devices. Arrow keys pan, plus and minus zoom; the list holds the same devices.',
  'map.zoom_in': 'Zoom in',
  'map.zoom_out': 'Zoom out',
  'map.fit': 'Show all',
  'map.roads': 'roads drawn by driving',

  'chart.label': '{name} of the last {span}: now {value}',
  'chart.choose': 'Number to chart',
  'chart.mean': 'mean',
  'chart.range': '{min} to {max}',
  'chart.mean_of': 'mean of {n}',

  'table.caption': 'Devices, worst first unless sorted otherwise',
  'table.title': 'Devices',
  'table.status': 'St',
  'table.device': 'Device',
  'table.position': 'Position',
  'table.age': 'Fix',
  'table.age_long': 'Time since the last event',
  'table.sort': 'Sort by {name}',
  'table.worst': 'worst first',
  'table.by': 'by {name}',

  'empty.title': 'Nothing has spoken yet',
  'empty.hint': 'The first event on the topic iot-events appears here within a second. The smallest one is',
  'empty.example': '{"device_id": 1, "temp": 25.3}',
  'empty.no_match': 'Nothing matches',

  'detail.label': 'Device {id}',
  'detail.close': 'Close',
  'detail.follow': 'Follow',
  'detail.gone': 'This device no longer matches, or has left.',
  'detail.ago': '{time} ago',
  'detail.for': 'for {time}',

  'tabs.label': 'Views',
  'tabs.map': 'Map',
  'tabs.attention': 'Need you',
  'tabs.list': 'List',
  'tabs.chart': 'Chart',
  'sheet.handle': 'Move the list: map, half or full',

  'help.title': 'Keys',
  'help.open': 'Keys and query language',
  'help.close': 'Close',
  'help.filter': 'filter',
  'help.escape': 'clear, close, back',
  'help.rows': 'row before, after',
  'help.enter': 'open the row',
  'help.follow': 'follow the open device',
  'help.chart': 'map or charts',
  'help.fit': 'show all on the map',
  'help.help': 'this page',
  'help.shapes_title': 'On the map',
  'help.shapes': '➤ moving   ◎ idle   ■ stopped   ◇ offline   ? unknown   ○ a ring: look here first',
  'help.query': 'Query language',

  'reason.temp_high': 'too warm',
  'reason.temp_low': 'too cold',
  'reason.door_open_moving': 'door open while moving',
  'reason.silent': 'silent',
  'reason.no_fix': 'no position',
  'reason.overspeed': 'over speed',
  'reason.idle_long': 'idle, engine on',
  'reason.fuel_low': 'fuel low',
  'reason.battery_low': 'battery low',
  'reason.alarm': 'device alarm',
  'reason.clock_bad': 'clock is wrong',

  'field.speed_kmh': 'Speed',
  'field.heading_deg': 'Heading',
  'field.temp_c': 'Temperature',
  'field.air_c': 'Return air',
  'field.setpoint_c': 'Set point',
  'field.fuel_pct': 'Fuel',
  'field.battery_pct': 'Battery',
  'field.odometer_km': 'Odometer',
  'field.accuracy_m': 'Accuracy',
  'field.fix': 'Fix',
  'field.door': 'Door',
  'field.ignition': 'Ignition',
  'field.driver': 'Driver',
  'field.trip': 'Trip',
  'field.alarm': 'Alarm',
  'field.next_stop': 'Next stop',
  'field.eta_ts_ms': 'ETA',
  'field.origin': 'Origin',
  'field.updates': 'Updates per second',
  'field.position': 'Position',
  'field.ts_ms': 'Device time',
  'field.ts_recorded_ms': 'Recorded',
  'bool.door.true': 'OPEN',
  'bool.door.false': 'shut',
  'bool.ignition.true': 'on',
  'bool.ignition.false': 'off',
  'bool.fix.true': 'yes',
  'bool.fix.false': 'repeated',

  'unit.s': '{n} s',
  'unit.m': '{n} m',
  'unit.h': '{n} h',
  'unit.d': '{n} d',
};

const words = en;
export const language = 'en';
const plural = new Intl.PluralRules(language);

/** @param {string} key */
export function hasText(key) {
  return key in words;
}

/** @param {string} key
 * @param {Record<string, string | number>} [values] */
export function say(key, values = {}) {
  const entry = words[key] ?? key;
  const chosen = typeof entry === 'string' ? entry : plural.select(Number(values.n)) === 'one' ? entry.one : entry.other;
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Fills in what the markup names: data-text (content), data-label (aria-label and title), data-hint (placeholder).
 * @param {ParentNode} root */
export function fillTexts(root) {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-text]')))
    node.textContent = say(node.dataset.text ?? '');
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-label]'))) {
    node.setAttribute('aria-label', say(node.dataset.label ?? ''));
    if (node.tagName === 'BUTTON') node.title = say(node.dataset.label ?? '');
  }
  for (const node of /** @type {NodeListOf<HTMLInputElement>} */ (root.querySelectorAll('[data-hint]')))
    node.placeholder = say(node.dataset.hint ?? '');
}
