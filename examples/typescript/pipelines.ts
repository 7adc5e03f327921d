import {
  arg_max,
  avg,
  calendar,
  cassandra,
  cel,
  count,
  custom,
  json,
  kafka,
  live,
  pipeline,
  topic,
  tumbling,
  type RowOf,
} from 'millrace';
import { z } from 'zod';
import { dewPoint } from './dew-point';
import { geometricMean } from './geometric-mean';

const Reading = z.object({
  location: z.string(),
  observed_at: z.string(),
  pm25: z.number().nonnegative().nullable(),
  temperature: z.number().optional(),
  humidity: z.number().optional(),
});

const readings = pipeline('air-quality-by-the-hour').from(
  topic('air-quality.readings', json(Reading), { time: { field: 'observed_at', outOfOrderness: '5s' } }),
);

/** Hourly means of each post. */
export const hourly = readings
  .where((reading) => reading.pm25 !== null)
  .by('location')
  .window(tumbling('1h', { grace: '10m' }))
  .aggregate({ mean: avg('pm25'), typical: custom(geometricMean, 'pm25'), readings: count() })
  .emit({ on: 'close' })
  .to(
    cassandra('air.hourly', { location: 'key.location', hour: 'window.start', mean: 'mean', typical: 'typical' }),
    live(),
  );

/** The muggiest reading of each day, on the clocks of Beijing. */
export const muggiest = pipeline('muggiest-of-the-day', { extensions: { functions: [dewPoint] } })
  .from(topic('air-quality.readings', json(Reading), { time: { field: 'observed_at' } }))
  .where('temperature != null && humidity != null')
  .derive({ dew: cel<number>('dew_point(temperature, humidity)'), at: (reading) => reading.observed_at })
  .by('location')
  .window(calendar('day', { zone: 'Asia/Shanghai', grace: '1h' }))
  .aggregate({ when: arg_max('at', 'dew'), readings: count() })
  .to(kafka('air-quality.muggiest'));

export type HourlyRow = RowOf<typeof hourly>;

/** What `MILLRACE_EXTENSIONS` looks for. */
export const pipelines = [hourly, muggiest];
/** For pipelines in YAML too. */
export const aggregates = [geometricMean];
export const functions = [dewPoint];
