import { tableName } from '../lookup/compiled-lookup';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { sinkName } from '../pipeline/sink-name';
import { windowText } from './window-text';

export type TopologyNodeKind =
  'topic' | 'lookup' | 'where' | 'derive' | 'window' | 'aggregate' | 'sink' | 'late-records' | 'dead-letters';

export interface TopologyNode {
  readonly id: string;
  readonly kind: TopologyNodeKind;
  readonly label: string;
}

/** A record's way from the source topic to the sinks, by way of the repartition topic if there is one. */
export interface Topology {
  readonly pipeline: string;
  /** One task for each partition of the topic that they read; 0 until it is known. */
  readonly tasks: number;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly mermaid: string;
}

export function topologyOf(pipeline: CompiledPipeline, tasks: number, repartition?: string): Topology {
  const way = stepsOf(pipeline, repartition);
  const sinks = pipeline.sinks.map((sink, i) => node(`sink${i}`, 'sink', sinkName(sink)));
  const dead = node('dead', 'dead-letters', `${pipeline.definition.spec.source.topic}.dead`);
  const late = pipeline.lateTopic === undefined ? [] : [node('late', 'late-records', pipeline.lateTopic)];
  const last = way.at(-1)!;
  const edges = [
    ...way.slice(1).map((step, i) => ({ from: way[i]!.id, to: step.id })),
    ...sinks.map((sink) => ({ from: last.id, to: sink.id })),
    ...late.map((topic) => ({ from: 'window', to: topic.id })),
    { from: 'source', to: dead.id },
  ];
  const nodes = [...way, ...sinks, ...late, dead];
  return { pipeline: pipeline.name, tasks, nodes, edges, mermaid: mermaidOf(nodes, edges) };
}

function stepsOf(
  { definition, keyNames, lookups }: CompiledPipeline,
  repartition: string | undefined,
): readonly TopologyNode[] {
  const { source, where, derive, window, aggregate } = definition.spec;
  return [
    node('source', 'topic', source.topic),
    ...lookups.map(({ as, table }, i) => node(`lookup${i}`, 'lookup', `${as} from ${tableName(table)}`)),
    ...(where === undefined ? [] : [node('where', 'where', where)]),
    ...(derive === undefined ? [] : [node('derive', 'derive', listOf(derive))]),
    ...(repartition === undefined ? [] : [node('repartition', 'topic', repartition)]),
    ...(window ? [node('window', 'window', `by ${keyNames.join(', ')}; ${windowText(window)}`)] : []),
    ...(aggregate ? [node('aggregate', 'aggregate', listOf(aggregate))] : []),
  ];
}

function node(id: string, kind: TopologyNodeKind, label: string): TopologyNode {
  return { id, kind, label };
}

function listOf(expressions: Readonly<Record<string, string>>): string {
  return Object.entries(expressions)
    .map(([name, expression]) => `${name} = ${expression}`)
    .join('; ');
}

function mermaidOf(nodes: readonly TopologyNode[], edges: Topology['edges']): string {
  const shapes: Partial<Record<TopologyNodeKind, readonly [string, string]>> = {
    topic: ['[(', ')]'],
    sink: ['[[', ']]'],
    'late-records': ['[(', ')]'],
    'dead-letters': ['[[', ']]'],
    where: ['{{', '}}'],
  };
  const lines = nodes.map(({ id, kind, label }) => {
    const [open, close] = shapes[kind] ?? ['[', ']'];
    return `  ${id}${open}"${mermaidText(label)}"${close}`;
  });
  return ['flowchart LR', ...lines, ...edges.map(({ from, to }) => `  ${from} --> ${to}`), ''].join('\n');
}

/** Mermaid reads entities inside quotes: `#quot;` for `"`. */
function mermaidText(text: string): string {
  return text.replace(/[#"&<>]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
