import { readingsByHour } from './readings.mjs';
import { startUpstream } from './upstream.mjs';

const HOUR_MS = 3_600_000;
/** What AirNow writes for a value that is missing. */
const MISSING = -999;
const PLACES = {
  'Beijing US Post': [39.95, 116.47],
  'Chengdu US Post': [30.63, 104.07],
  'Guangzhou US Post': [23.12, 113.32],
  'Shanghai US Post': [31.21, 121.44],
  'Shenyang US Post': [41.78, 123.42],
};

/**
 * AirNow's `/aq/data/`: hourly values from `startDate` to `endDate` (inclusive, such as 2013-01-01T00, UTC) as JSON or, with
 * `format=text/csv`, as CSV without a header. The real one has no weather; the last five fields are those of the data set.
 */
export async function startAirNow(options) {
  const hours = readingsByHour();
  return startUpstream(
    {
      '/aq/data/': (url) => {
        const from = hourOf(url.searchParams.get('startDate'));
        const to = hourOf(url.searchParams.get('endDate'));
        const rows = [];
        for (let hour = from; hour <= to; hour++) rows.push(...(hours.get(hour) ?? []).map((row) => shaped(row, hour)));
        return url.searchParams.get('format') === 'text/csv' ? rows.map(csvLine).join('\n') : { body: rows };
      },
    },
    options,
  );
}

function hourOf(text) {
  const at = Date.parse(`${text}:00Z`);
  if (Number.isNaN(at)) throw new Error(`"${text}" is no hour`);
  return at / HOUR_MS;
}

function shaped(row, hour) {
  const [Latitude, Longitude] = PLACES[row.location];
  return {
    ...{ Latitude, Longitude, UTC: new Date(hour * HOUR_MS).toISOString().slice(0, 16) },
    ...{ Parameter: 'PM2.5', Unit: 'UG/M3', Value: row.pm25 ?? MISSING },
    ...{ SiteName: row.location, AgencyName: 'U.S. Department of State' },
    ...{ Temperature: row.temperature_c, Humidity: row.humidity_pct, Pressure: row.pressure_hpa },
    ...{ DewPoint: row.dew_point_c, WindCumulated: row.wind_cumulated_mps },
  };
}

function csvLine(row) {
  return Object.values(row)
    .map((cell) => (typeof cell === 'string' ? JSON.stringify(cell) : (cell ?? '')))
    .join(',');
}
