import { z } from 'zod';
import { strict } from './schema-kit';

const file = (what: string) => z.string().min(1).optional().describe(`A file with ${what}, beside the definition`);
const text = (what: string) => z.string().min(1).optional().describe(`The text of ${what}`);

/** One of `version` of `subject`, `file`, or `text`. */
export function sourceSchemaSchema() {
  const what = 'the schema to read by';
  return strict({
    subject: z.string().min(1).optional().describe('Of the schema registry; default <topic>-value'),
    version: z.int().min(1).optional().describe(`Of the subject: ${what}`),
    file: file(what),
    text: text(what),
  })
    .superRefine(oneOf(['version', 'file', 'text'], 'what to read by'))
    .describe('What the pipeline reads records by, whatever they were written with; default the schema of each record');
}

/** One of `file` and `text`. */
export function sinkSchemaSchema() {
  const what = 'the schema of rows';
  return strict({ file: file(what), text: text(what) })
    .superRefine(oneOf(['file', 'text'], 'what to write by'))
    .describe('Registered under the subject if it has it not yet; default the latest version of the subject');
}

function oneOf(names: readonly string[], purpose: string) {
  return (schema: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx): void => {
    const given = names.filter((name) => schema[name] !== undefined);
    if (given.length <= 1) return;
    context.addIssue({ code: 'custom', message: `${given.join(' and ')} both say ${purpose}; give one of them` });
  };
}

/** Names at any depth of the record. */
export function personalFields() {
  return z
    .array(z.string().min(1))
    .min(1)
    .describe('Fields, at any depth, that name or reach a person: hidden in messages and where dead letters are shown');
}
