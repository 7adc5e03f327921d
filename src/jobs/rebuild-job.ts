import { z } from 'zod';
import { ConfigError } from '../core/errors';
import type { JsonValue } from '../core/json';
import type { Log } from '../core/ports/log.port';
import { rebuildPipeline } from '../processing/rebuild-pipeline';
import { topicsOf } from '../processing/topics-of';
import type { JobHandler, JobRun } from '../runtime/jobs/job-handler';
import { ReferenceTables } from '../runtime/lookup/reference-tables';
import type { Pipelines } from '../runtime/pipelines';
import type { Ports } from '../runtime/ports';

export const REBUILD_KIND = 'rebuild';

/** What a rebuild job is about, as the queue keeps it. */
export const rebuildInput = z.strictObject({
  pipeline: z.string(),
  /** The beginning of the log without it. */
  fromMs: z.number().optional(),
  acceptsLostBeginning: z.boolean(),
});

export interface RebuildJobOptions {
  readonly pipelines: Pick<Pipelines, 'get'>;
  readonly ports: Ports;
  /** Bound of the resident state. */
  readonly cacheBytes: number;
  readonly log: Log;
}

/** `millrace rebuild` in the service, of a definition that it has. One that was interrupted is begun anew. */
export class RebuildJob implements JobHandler {
  readonly kind = REBUILD_KIND;

  constructor(private readonly options: RebuildJobOptions) {}

  async run(given: JsonValue, { signal, progress }: JobRun): Promise<JsonValue> {
    const { pipelines, ports, cacheBytes, log } = this.options;
    const { pipeline: name, fromMs, acceptsLostBeginning } = rebuildInput.parse(given);
    const pipeline = pipelines.get(name);
    if (!pipeline) throw new ConfigError(`There is no pipeline ${name}, or its definition was refused`);
    const source = pipeline.definition.spec.source.topic;
    const tables = new ReferenceTables({ ...ports, log });
    try {
      await ports.topics.ensure(topicsOf(pipeline).filter(({ topic }) => topic !== source));
      const begun = await rebuildPipeline({
        ...{ pipeline, ports, cacheBytes, acceptsLostBeginning, signal },
        from: fromMs === undefined ? 'earliest' : { timestampMs: fromMs },
        tables: await tables.of(pipeline),
        log: (level, event, message, fields) => log[level]({ event, ...fields }, message),
        onProgress: ({ topic, processed, total }) =>
          progress({ topic, processed: Number(processed), total: Number(total) }),
      });
      return { generation: begun.generation.toString() };
    } finally {
      await tables.close();
    }
  }
}
