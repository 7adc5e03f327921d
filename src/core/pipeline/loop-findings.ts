import type { LocatedDefinition } from './located-definition';
import type { PipelineDefinition } from './definition';
import type { Path } from './finding';
import type { Problem } from './problem';

interface Output {
  readonly topic: string;
  /** Where the definition names it. */
  readonly path: Path;
}

/** The topics that a pipeline writes its rows and its late records to. */
function outputsOf({ spec: { sinks, late } }: PipelineDefinition): Output[] {
  const rows = sinks.flatMap((sink, i) =>
    'kafka' in sink ? [{ topic: sink.kafka.topic, path: ['spec', 'sinks', i, 'kafka', 'topic'] }] : [],
  );
  if (typeof late !== 'object' || !('topic' in late)) return rows;
  return [...rows, { topic: late.topic, path: ['spec', 'late', 'topic'] }];
}

/** Pipelines that read, by way of others, what they write: each would be fed its own rows for ever. */
export function checkLoops(pipelines: readonly LocatedDefinition[]): Problem[] {
  return pipelines.flatMap(({ definition, locate }) =>
    outputsOf(definition).flatMap(({ topic, path }) => {
      const way = wayBack(topic, definition, pipelines);
      if (!way) return [];
      const loop = [definition.metadata.name, topic, ...way].map((name) => `"${name}"`).join(' -> ');
      return [locate({ path, message: `the pipeline would read its own output: ${loop}; write to another topic` })];
    }),
  );
}

/** Pipelines and topics by which a topic comes to the source of `target`, the shortest way; that source is the last. */
function wayBack(
  from: string,
  target: PipelineDefinition,
  pipelines: readonly LocatedDefinition[],
): readonly string[] | undefined {
  const ways = new Map<string, readonly string[]>([[from, []]]);
  for (const [topic, way] of ways) {
    if (topic === target.spec.source.topic) return way;
    for (const { definition } of pipelines) {
      if (definition === target || definition.spec.source.topic !== topic) continue;
      for (const output of outputsOf(definition)) {
        if (!ways.has(output.topic)) ways.set(output.topic, [...way, definition.metadata.name, output.topic]);
      }
    }
  }
  return undefined;
}
