// SPDX-License-Identifier: Apache-2.0
// Values to people: units, ages, positions, and which numbers there are. Pure; never makes markup.
import { hasText, language, say } from './text.js';

/** @import { Row } from './fleetwire.js' */

/** @type {Record<string, { unit: string, decimals: number }>} */
const KNOWN = {
  speed_kmh: { unit: 'km/h', decimals: 0 },
  heading_deg: { unit: '°', decimals: 0 },
  temp_c: { unit: '°C', decimals: 1 },
  air_c: { unit: '°C', decimals: 1 },
  setpoint_c: { unit: '°C', decimals: 1 },
  fuel_pct: { unit: '%', decimals: 0 },
  battery_pct: { unit: '%', decimals: 0 },
  odometer_km: { unit: 'km', decimals: 0 },
  accuracy_m: { unit: 'm', decimals: 0 },
};
/** The unit that an own field's name ends with: humidity_pct. @type {Record<string, string>} */
const SUFFIX_UNITS = { pct: '%', c: '°C', kmh: 'km/h', km: 'km', m: 'm', deg: '°', v: 'V', bar: 'bar', kpa: 'kPa', l: 'l' };
/** Numbers that say nothing as a mean of a fleet. */
const NOT_MEASURED = new Set(['lat', 'lon', 'heading_deg', 'accuracy_m', 'odometer_km', 'setpoint_c']);
const COMPASS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];
const MISSING = '–';

/** @param {string} name */
function unitOf(name) {
  if (name in KNOWN) return KNOWN[name];
  const suffix = name.slice(name.lastIndexOf('_') + 1);
  return { unit: name.includes('_') ? (SUFFIX_UNITS[suffix] ?? '') : '', decimals: 1 };
}

/** "Cargo"; of an own field "Humidity".
 * @param {string} name */
export function fieldLabel(name) {
  if (hasText(`field.${name}`)) return say(`field.${name}`);
  const stem = unitOf(name).unit ? name.slice(0, name.lastIndexOf('_')) : name;
  const words = stem.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string} name */
export function fieldUnit(name) {
  return unitOf(name).unit;
}

/** Is it a number worth a chart and a column?
 * @param {string} name
 * @param {unknown} value */
export function isMeasured(name, value) {
  return typeof value === 'number' && !NOT_MEASURED.has(name) && !name.endsWith('_ms');
}

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value
 * @param {number} decimals */
function fixed(value, decimals) {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(value).replace(/^-/, '−');
}

/** "9.4 °C"; a dash for what is not there.
 * @param {string} name
 * @param {unknown} value */
export function number(name, value) {
  if (typeof value !== 'number') return MISSING;
  const { unit, decimals } = unitOf(name);
  return unit ? `${fixed(value, decimals)} ${unit}` : fixed(value, decimals);
}

/** The same without its unit, where the heading says it.
 * @param {string} name
 * @param {unknown} value */
export function bareNumber(name, value) {
  return typeof value === 'number' ? fixed(value, unitOf(name).decimals) : MISSING;
}

/** @param {number} n */
export function count(n) {
  return fixed(n, 0);
}

/** Any field as text for the detail panel.
 * @param {string} name
 * @param {unknown} value */
export function anyValue(name, value) {
  if (typeof value === 'boolean') return say(hasText(`bool.${name}.${value}`) ? `bool.${name}.${value}` : String(value));
  if (name.endsWith('_ms') && typeof value === 'number') return clock(value);
  if (name === 'heading_deg' && typeof value === 'number')
    return `${fixed(value, 0)}° ${COMPASS[Math.round(value / 45) % 8]}`;
  return typeof value === 'number' ? number(name, value) : String(value);
}

/** "30.26715, -97.74306": as maps take it when pasted.
 * @param {Row} row */
export function position(row) {
  if (typeof row.lat !== 'number' || typeof row.lon !== 'number') return MISSING;
  return `${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`;
}

/** "3 s", "12 m", "5 h": one unit, so that a column of them can be read down.
 * @param {number} ms */
export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return say('unit.s', { n: s });
  if (s < 3600) return say('unit.m', { n: Math.floor(s / 60) });
  if (s < 48 * 3600) return say('unit.h', { n: Math.floor(s / 3600) });
  return say('unit.d', { n: Math.floor(s / 86400) });
}

const clockFormat = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** "14:03:27", in the reader's time zone.
 * @param {number} ms */
export function clock(ms) {
  return clockFormat.format(ms);
}

/** A name for a canvas, which knows no isolation: without the marks that turn the direction of what follows.
 * @param {string} name */
export function undirected(name) {
  return name.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** @param {string | undefined} status */
export function statusLetter(status) {
  return say(`letter.${status ?? 'unknown'}`);
}

/** Worth a look first: '!', '▲' or nothing.
 * @param {Row} row */
export function severityGlyph(row) {
  return row.severity === 'critical' ? '!' : row.severity === 'warning' ? '▲' : '';
}

/** The worst reason with what it is about: "cargo too warm, 9.4 °C".
 * @param {Row} row */
export function why(row) {
  const [first] = row.reasons ?? [];
  if (!first) return '';
  const words = hasText(`reason.${first.reason}`) ? say(`reason.${first.reason}`) : first.reason;
  const value = reasonValue(first.reason, row);
  return value ? `${words}, ${value}` : words;
}

/** @param {string} reason
 * @param {Row} row */
function reasonValue(reason, row) {
  if (reason.startsWith('temp_')) return number('temp_c', row.temp_c);
  if (reason === 'overspeed' || reason === 'door_open_moving') return number('speed_kmh', row.speed_kmh);
  if (reason === 'fuel_low') return number('fuel_pct', row.fuel_pct);
  if (reason === 'battery_low') return number('battery_pct', row.battery_pct);
  return reason === 'alarm' && typeof row.alarm === 'string' ? row.alarm : '';
}
