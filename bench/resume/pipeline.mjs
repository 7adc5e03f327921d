import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One row for each key, for ever: no state is ever dropped. `newest` is the moment at which the newest record of the
 * row was produced, so a row tells by itself whether it was made after a death.
 */
export function writePipeline({ folder, name, input, output, window }) {
  const definition = {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name },
    spec: {
      source: { topic: input, format: 'json' },
      key: ['k'],
      repartition: 'never',
      window,
      aggregate: { n: 'count()', total: 'sum(v)', newest: 'max(sent)' },
      emit: { on: 'update', every: '100ms' },
      sinks: [{ kafka: { topic: output, delivery: 'at-least-once' } }],
    },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'resume.json'), JSON.stringify(definition));
  return folder;
}
