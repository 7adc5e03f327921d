import { definitionOf, problemsOf, pipelineText } from './pipeline-text';

const columns = (text: string): string => `  sinks: [{ cassandra: { table: ks.t, columns: { ${text} } } }]`;
const withTable = (window: string, ...mapped: readonly string[]) => {
  const named = ['k: key.k', 'n: n', ...mapped.map((text, i) => `c${i}: ${text}`)];
  return { window: `  window: ${window}`, sinks: columns(named.join(', ')) };
};
const stateless = (text: string) => ({ key: undefined, window: undefined, aggregate: undefined, sinks: columns(text) });

describe('the columns of a table', () => {
  it.each([
    ['{ kind: tumbling, size: 1m }', 'window.date'],
    ['{ kind: calendar, unit: day, zone: UTC }', 'window.date'],
    ['{ kind: calendar, unit: day, zoneField: tz }', 'window.start'],
    ['{ kind: hopping, size: 1m, advance: 10s }', 'window.start'],
    ['{ kind: sliding, size: 1m }', 'window.end'],
    ['{ kind: session, gap: 1m }', 'window.start'],
    ['{ kind: cumulative, size: 1m, step: 10s }', 'window.end'],
    ['{ kind: count, size: 3 }', 'window.index'],
  ])('tell rows of %s apart by %s', (window, column) => {
    expect(problemsOf(pipelineText(withTable(window, column)))).toEqual([]);
  });

  it('need no window where there is only one', () => {
    expect(definitionOf(withTable('{ kind: global }')).spec.sinks).toHaveLength(1);
  });

  it.each([
    ['{ kind: tumbling, size: 1m }', [], 'window.start'],
    ['{ kind: hopping, size: 1m, advance: 10s }', ['window.date'], 'window.start'],
    ['{ kind: session, gap: 1m }', ['window.year'], 'window.start'],
    ['{ kind: cumulative, size: 1m, step: 10s }', ['window.start'], 'window.end'],
    ['{ kind: count, size: 3 }', ['window.start', 'window.end'], 'window.index'],
  ])('are refused for %s with %j', (window, mapped, missing) => {
    expect(problemsOf(pipelineText(withTable(window, ...mapped)))).toEqual([
      expect.stringContaining(`no column holds ${missing}; different rows would overwrite each other`),
    ]);
  });

  it('have an ordinal in count windows only', () => {
    expect(problemsOf(pipelineText(withTable('{ kind: session, gap: 1m }', 'window.start', 'window.index')))).toEqual([
      expect.stringContaining('window has no field "index"'),
    ]);
  });

  it('name any field of the record in a stateless pipeline', () => {
    expect(problemsOf(pipelineText(stateless('id: anything, at: revision')))).toEqual([]);
  });

  it.each([
    ['at: revision', 'no column holds a field of the record; different rows would overwrite each other'],
    ['id: x, k: key.k', 'a pipeline without windows has no key; columns see the fields of the record'],
    ['id: x, at: window.start', 'a pipeline without windows has no window; columns see the fields of the record'],
  ])('of a stateless pipeline are refused: %s', (text, message) => {
    expect(problemsOf(pipelineText(stateless(text)))).toEqual([expect.stringContaining(message)]);
  });
});
