import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { WindowDefinition } from '../core/pipeline/definition';
import { sinkName } from './pipeline-view';

export type TopologyNodeKind = 'topic' | 'where' | 'derive' | 'window' | 'aggregate' | 'sink' | 'dead-letters';

export interface TopologyNode {
  readonly id: string;
  readonly kind: TopologyNodeKind;
  readonly label: string;
}

/** A record's way from the source topic to the sinks. */
export interface Topology {
  readonly pipeline: string;
  /** One task for each partition of the source topic; 0 until it is known. */
  readonly tasks: number;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly mermaid: string;
}

export function topologyOf(pipeline: CompiledPipeline, tasks: number): Topology {
  const way = stepsOf(pipeline);
  const sinks = pipeline.sinks.map((sink, i) => node(`sink${i}`, 'sink', sinkName(sink)));
  const dead = node('dead', 'dead-letters', `${pipeline.definition.spec.source.topic}.dead`);
  const last = way.at(-1)!;
  const edges = [
    ...way.slice(1).map((step, i) => ({ from: way[i]!.id, to: step.id })),
    ...sinks.map((sink) => ({ from: last.id, to: sink.id })),
    { from: 'source', to: dead.id },
  ];
  const nodes = [...way, ...sinks, dead];
  return { pipeline: pipeline.name, tasks, nodes, edges, mermaid: mermaidOf(nodes, edges) };
}

function stepsOf({ definition, keyNames }: CompiledPipeline): readonly TopologyNode[] {
  const { source, where, derive, window, aggregate } = definition.spec;
  return [
    node('source', 'topic', source.topic),
    ...(where === undefined ? [] : [node('where', 'where', where)]),
    ...(derive === undefined ? [] : [node('derive', 'derive', listOf(derive))]),
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

function windowText(window: WindowDefinition): string {
  switch (window.kind) {
    case 'calendar':
      return `calendar ${window.unit} in ${window.zone ?? `the zone of ${window.zoneField}`}`;
    case 'hopping':
      return `hopping ${window.size / 1000} s every ${window.advance / 1000} s`;
    case 'cumulative':
      return `cumulative ${window.size / 1000} s by ${window.step / 1000} s`;
    case 'session':
      return `sessions with gaps of ${window.gap / 1000} s`;
    case 'count':
      return `every ${window.size} records`;
    case 'global':
      return 'all records';
    case 'tumbling':
    case 'sliding':
      return `${window.kind} ${window.size / 1000} s`;
  }
}

function mermaidOf(nodes: readonly TopologyNode[], edges: Topology['edges']): string {
  const shapes: Partial<Record<TopologyNodeKind, readonly [string, string]>> = {
    topic: ['[(', ')]'],
    sink: ['[[', ']]'],
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
