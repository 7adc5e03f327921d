import { z } from 'zod';
import { avg, calendar, cassandra, cel, count, json, kafka, live, max, min, pipeline, topic } from '../../../src';

export const Reading = z.object({
  location: z.string(),
  observed_at: z.string(),
  pm25: z.number().nullable(),
});

/** The shipped `pipelines/air-quality-daily.yaml`, written in TypeScript. */
export const airQuality = pipeline('air-quality-daily', {
  description: 'Daily PM2.5 of each monitoring post, in µg/m³, and its index',
})
  .from(
    topic('air-quality.readings', json(Reading, { check: false }), {
      partitions: 4,
      time: { field: 'observed_at', outOfOrderness: '0s', idleAfter: '60s' },
    }),
  )
  .where('pm25 != null && pm25 >= 0')
  .derive({
    post_zone: cel<string>(
      'zone != null ? zone : location != null && location.contains(", India") ? "Asia/Kolkata" : "Asia/Shanghai"',
    ),
  })
  .by('location')
  .window(calendar('day', { zoneField: 'post_zone', grace: '1h' }))
  .aggregate({ avg_pm25: avg('pm25'), max_pm25: max('pm25'), min_pm25: min('pm25'), readings: count() })
  .emit({ on: 'both', every: '1s' })
  .late('drop')
  .to(
    cassandra('aqdata.pm25', {
      location: 'key.location',
      year: 'window.year',
      date: 'window.date',
      day_start: 'window.start',
      day_end: 'window.end',
      avg_pm25: 'avg_pm25',
      max_pm25: 'max_pm25',
      min_pm25: 'min_pm25',
      readings: 'readings',
      aqi: cel('aqi_pm25(avg_pm25)'),
    }),
    kafka('air-quality.daily', { delivery: 'at-least-once' }),
    live(),
  );
