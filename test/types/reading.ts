import { z } from 'zod';
import { json, pipeline, topic } from '../../src';

export const Reading = z.object({
  location: z.string(),
  observed_at: z.string(),
  pm25: z.number().nullable(),
  temperature: z.number().optional(),
  sensor: z.string().optional(),
  zone: z.string(),
  tags: z.array(z.string()),
});

export const readings = topic('air-quality.readings', json(Reading), { time: { field: 'observed_at' } });

export const sourced = pipeline('test').from(readings);
