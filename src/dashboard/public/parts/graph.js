import { layersOf } from '../model/layers.js';
import { h, svg } from './dom.js';

const [NODE_HEIGHT, GAP_X, GAP_Y] = [44, 60, 14];
const [MIN_WIDTH, MAX_WIDTH, PAGE_WIDTH] = [168, 240, 1080];

/**
 * Draws what leads where, from left to right. `nodes`: `id`, `kind`, `label`, and perhaps `href`, `state`, `note`;
 * `edges`: `from`, `to`, and perhaps `text`, which may change without the graph being drawn anew.
 */
export class Graph {
  #label;
  #drawn = '';
  #texts = new Map();
  #notes = new Map();
  #nodeWidth = MIN_WIDTH;

  constructor(label) {
    this.#label = label;
    this.element = h('div', { class: 'scroll graph', tabindex: '0', role: 'region', 'aria-label': label });
  }

  show({ nodes, edges }) {
    const identity = JSON.stringify([
      nodes.map((node) => ({ ...node, note: undefined })),
      edges.map(({ from, to }) => [from, to]),
    ]);
    if (identity !== this.#drawn) this.#draw(nodes, edges);
    this.#drawn = identity;
    for (const { from, to, text } of edges) showText(this.#texts.get(`${from}\n${to}`), text ?? '');
    for (const { id, note } of nodes) showText(this.#notes.get(id), note ?? '');
  }

  #draw(nodes, edges) {
    const places = layersOf(nodes, edges);
    const lines = Math.max(...[...places.values()].map(({ line }) => line)) + 1;
    const columns = Math.max(...[...places.values()].map(({ column }) => column)) + 1;
    this.#nodeWidth = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, (PAGE_WIDTH + GAP_X) / columns - GAP_X));
    const width = columns * (this.#nodeWidth + GAP_X) - GAP_X + 2;
    const height = lines * (NODE_HEIGHT + GAP_Y) - GAP_Y + 2;
    this.#texts.clear();
    this.#notes.clear();
    const drawing = svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': this.#label },
      ...edges.map((edge) => this.#edge(edge, places)),
      ...nodes.map((node) => this.#node(node, places.get(node.id))),
    );
    this.element.replaceChildren(drawing);
  }

  #corner({ column, line }) {
    return { x: 1 + column * (this.#nodeWidth + GAP_X), y: 1 + line * (NODE_HEIGHT + GAP_Y) };
  }

  #edge({ from, to }, places) {
    const [a, b] = [this.#corner(places.get(from)), this.#corner(places.get(to))];
    const [x1, y1, x2, y2] = [a.x + this.#nodeWidth, a.y + NODE_HEIGHT / 2, b.x, b.y + NODE_HEIGHT / 2];
    const bend = Math.min(60, (x2 - x1) / 2);
    const text = svg('text', { class: 'edge-text', x: x2 - 6, y: y2 - 5, 'text-anchor': 'end' });
    this.#texts.set(`${from}\n${to}`, text);
    const path = svg('path', { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
    return svg('g', { class: 'edge' }, path, text);
  }

  #node({ id, kind, label, href, state }, place) {
    const { x, y } = this.#corner(place);
    const note = h('span', { class: 'node-note' });
    this.#notes.set(id, note);
    const text = [h('span', { class: 'node-label', title: label }, label), note];
    const shape = { x, y, width: this.#nodeWidth, height: NODE_HEIGHT };
    return svg(
      'g',
      { class: 'node', 'data-kind': kind, 'data-state': state },
      svg('rect', { ...shape, rx: kind === 'topic' ? NODE_HEIGHT / 2 : 8 }),
      svg('foreignObject', shape, href ? h('a', { href }, ...text) : h('div', {}, ...text)),
    );
  }
}

function showText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
