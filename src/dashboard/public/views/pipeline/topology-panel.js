import { Graph } from '../../parts/graph.js';
import { perSecond } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { RowRates } from '../../model/row-rates.js';
import { getJson } from '../../net/api.js';

const KIND_TEXT = { topic: 'topic', sink: 'sink', 'dead-letters': 'dead letters', 'late-records': 'late records' };

/** A record's way through one pipeline, with what flows now. */
export class TopologyPanel {
  #panel = new Panel({ title: 'Topology', subtitle: 'A record’s way, and what flows now' });
  #graph;
  #topology;
  #rowRates = new RowRates();
  #closing = new AbortController();

  constructor({ name }) {
    this.#graph = new Graph(`Topology of ${name}`);
    this.#panel.body(this.#graph.element);
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading the topology…');
    void this.#read(name);
  }

  close() {
    this.#closing.abort();
  }

  update(pipeline, rates) {
    if (!this.#topology) return;
    void this.#rowRates.read();
    const { nodes, edges } = this.#topology;
    const labels = new Map(nodes.map(({ id, label }) => [id, label]));
    const read = rates.now();
    this.#graph.show({
      nodes: nodes.map((node) => ({ ...node, note: KIND_TEXT[node.kind] ?? node.kind })),
      edges: edges.map((edge) => ({
        ...edge,
        text: textOf(edge, { read, sinkRate: (to) => this.#rowRates.of(pipeline.name, labels.get(to)) }),
      })),
    });
  }

  async #read(name) {
    try {
      this.#topology = await getJson(`/v1/pipelines/${encodeURIComponent(name)}/topology`, this.#closing.signal);
      this.#panel.state('ready');
    } catch (error) {
      if (!this.#closing.signal.aborted) this.#panel.state('error', error.message);
    }
  }
}

function textOf({ from, to }, { read, sinkRate }) {
  if (from === 'source' && to !== 'dead') return rateText(read);
  return to.startsWith('sink') ? rateText(sinkRate(to)) : '';
}

const rateText = (rate) => (rate === undefined ? '' : `${perSecond(rate)}/s`);
