import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { shuffleName } from './names';

/** Stage 1 of a repartitioned pipeline: finds which records go on, and their keys. It makes no rows; partial aggregates if the pipeline has them. */
export function shuffleStage(pipeline: CompiledPipeline): CompiledPipeline {
  return {
    ...pipeline,
    name: shuffleName(pipeline.name),
    ...{
      windows: undefined,
      aggregates: pipeline.partials?.aggregates ?? [],
      amendMs: 0,
      lateTopic: undefined,
      sinks: [],
    },
  };
}

/** Stage 2: the pipeline itself, on the repartition topic. Idleness is for stage 1 to see, which reads the source. */
export function aggregateStage(pipeline: CompiledPipeline): CompiledPipeline {
  return { ...pipeline, idleAfterMs: undefined };
}
