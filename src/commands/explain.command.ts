import { NO_EXTENSIONS } from '../runtime/catalog-extensions';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { planOf } from './explain/plan';
import { planText } from './explain/plan-text';
import { readPipeline, readPipelines } from './pipeline-file';
import { migratedSchemas } from './table-problems';

export interface ExplainOptions {
  /** Which one, if the file holds several; all without it. */
  readonly pipeline?: string;
  /** Only the graph. */
  readonly mermaid?: boolean;
  readonly json?: boolean;
}

/** Prints the plans of a file's pipelines: what is read, kept and written, without asking a server. */
export async function explain(file: string, options: ExplainOptions, io: CommandIo): Promise<number> {
  const { language } = io.extensions ?? NO_EXTENSIONS;
  const pipelines =
    options.pipeline === undefined ? await readPipelines(file, io) : [await readPipeline(file, options.pipeline, io)];
  const migrated = await migratedSchemas();
  const plans = pipelines.map((pipeline) => ({ pipeline, plan: planOf(pipeline, language, migrated) }));
  if (options.json) {
    const all = plans.map(({ plan }) => plan);
    io.out(JSON.stringify(all.length === 1 ? all[0] : all, null, 2));
  } else if (options.mermaid) for (const { plan } of plans) io.out(plan.topology.mermaid.trimEnd());
  else {
    plans.forEach(({ pipeline, plan }, i) => {
      for (const line of [...(i === 0 ? [] : ['']), ...planText(pipeline, plan)]) io.out(line);
    });
  }
  return EXIT.done;
}
