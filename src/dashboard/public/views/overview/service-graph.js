import { perSecond } from '../../parts/format.js';
import { ratesOf } from '../../model/rates.js';

/** Topics, the pipelines that read them, and where their rows go; a topic that is written is the one that is read. */
export function serviceGraph(pipelines, rowRates) {
  const nodes = new Map();
  const edges = [];
  const add = (id, node) => nodes.set(id, { ...nodes.get(id), id, ...node });
  for (const pipeline of pipelines.filter(({ definition }) => definition)) {
    const { name, state, definition, sinks } = pipeline;
    const topic = `topic ${definition.spec.source.topic}`;
    add(topic, { kind: 'topic', label: definition.spec.source.topic, note: 'topic' });
    add(name, { kind: 'pipeline', label: name, state, href: `#/pipelines/${encodeURIComponent(name)}`, note: state });
    edges.push({ from: topic, to: name, text: rateText(ratesOf(pipeline).now()) });
    for (const sink of sinks.filter((one) => one !== 'live')) {
      const [kind, target] = [sink.slice(0, sink.indexOf(':')), sink.slice(sink.indexOf(':') + 1)];
      const id = kind === 'kafka' ? `topic ${target}` : sink;
      add(id, { kind: kind === 'kafka' ? 'topic' : 'table', label: target, note: noteOf(kind) });
      edges.push({ from: name, to: id, text: rateText(rowRates.of(name, sink)) });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

const noteOf = (kind) => ({ kafka: 'topic', cassandra: 'table' })[kind] ?? kind;
const rateText = (rate) => (rate === undefined ? '' : `${perSecond(rate)}/s`);
