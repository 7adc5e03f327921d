import { z } from 'zod';
import { strict } from './schema-kit';

/** `version` of `subject`, or `text`. */
export function sourceSchemaSchema() {
  return strict({
    subject: z.string().min(1).optional().describe('Of the schema registry; default <topic>-value'),
    version: z.int().min(1).optional().describe('Of the subject: the schema to read by'),
    text: z.string().min(1).optional().describe('The schema to read by'),
  })
    .superRefine((schema, context) => {
      const given = (['version', 'text'] as const).filter((name) => schema[name] !== undefined);
      if (given.length <= 1) return;
      const message = `${given.join(' and ')} both say what to read by; give one of them`;
      context.addIssue({ code: 'custom', message });
    })
    .describe('What the pipeline reads records by, whatever they were written with; default the schema of each record');
}
