import { pipelineText, problemsOf } from './pipeline-text';

const sinks = (more: string): string =>
  `  sinks: [{ cassandra: { table: ks.t, columns: { k: key.k, s: window.start, n: n }, ${more} } }]`;
const now = '  emit: { on: update }';

describe('sinks whose rows move in their table', () => {
  it('are right for windows that are panes and rows that do not wait', () => {
    expect(problemsOf(pipelineText({ emit: now, sinks: sinks('moving: [n]') }))).toEqual([]);
  });

  it.each([
    ['an unmapped column', { emit: now, sinks: sinks('moving: [m]') }, 'no column "m" is mapped'],
    ['rows that wait', { sinks: sinks('moving: [n]') }, 'spec.emit.every: must be 0s'],
    [
      'session windows',
      { emit: now, window: '  window: { kind: session, gap: 1m }', sinks: sinks('moving: [n]') },
      'has no meaning for session windows',
    ],
    [
      'a pipeline without windows',
      {
        ...{ emit: now, key: undefined, window: undefined, aggregate: undefined },
        sinks: '  sinks: [{ cassandra: { table: ks.t, columns: { x: x }, moving: [x] } }]',
      },
      'its rows do not change',
    ],
    [
      'event time of rows that change',
      { sinks: sinks('writeTime: event-time') },
      'rows that change are ordered by revision',
    ],
  ])('are refused with %s', (_, lines, message) => {
    expect(problemsOf(pipelineText(lines))).toEqual([expect.stringContaining(message)]);
  });

  it('may be several, each with a table of its own', () => {
    const two = (table: string): string =>
      `  sinks: [{ cassandra: { table: ks.t, columns: { k: key.k, s: window.start } } }, ` +
      `{ cassandra: { table: ${table}, columns: { k: key.k, s: window.start } } }]`;
    expect(problemsOf(pipelineText({ sinks: two('ks.u') }))).toEqual([]);
    expect(problemsOf(pipelineText({ sinks: two('ks.t') }))).toEqual([
      expect.stringContaining('spec.sinks[1].cassandra.table: is the table of another sink of the pipeline'),
    ]);
  });
});
