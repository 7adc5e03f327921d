import { h } from '../../parts/dom.js';
import { momentFormat, quantity } from '../../parts/format.js';
import { bandOfAqi } from './bands.js';

/** The air at each post now: index, category in words and colour, and what it is made of. The worst comes first. */
export function postTiles(rows, zone) {
  const moment = momentFormat(zone, false);
  const sorted = [...rows].sort((a, b) => (aqiOf(b) ?? -1) - (aqiOf(a) ?? -1));
  return h(
    'ul',
    { class: 'tiles', 'aria-label': 'Air quality index of each post now' },
    ...sorted.map((entry) => tile(entry, moment)),
  );
}

const aqiOf = ({ row }) => row.values?.air?.aqi ?? undefined;

function tile(entry, moment) {
  const { key, row } = entry;
  const { pm25, observed_at, air } = row.values ?? {};
  const band = bandOfAqi(aqiOf(entry));
  const swatch = h('span', { class: 'band', 'aria-hidden': 'true' });
  if (band) swatch.style.background = `var(${band.colour})`;
  return h(
    'li',
    { class: 'tile' },
    swatch,
    h('h3', {}, key),
    h('p', { class: 'tile-value' }, quantity(aqiOf(entry)), h('span', { class: 'unit' }, 'AQI')),
    h('p', {}, band?.name ?? 'Too few readings for an index'),
    h('p', { class: 'hint' }, `PM2.5 ${quantity(pm25)} µg/m³, NowCast ${quantity(air?.nowcast)}`),
    h('p', { class: 'hint' }, observed_at === undefined ? '' : moment(momentOf(observed_at))),
  );
}

const momentOf = (value) => (typeof value === 'number' ? value : Date.parse(value));
