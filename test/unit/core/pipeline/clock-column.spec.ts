import { createStatements } from '../../../../src/commands/table-cql';
import { pipelineText, problemsOf, compiled } from './pipeline-text';

const columns = 'k: key.k, s: window.start, written: now()';
const sinks = `  sinks: [{ cassandra: { table: ks.t, columns: { ${columns} } } }]`;

describe('a column of now()', () => {
  it('is none that an expression computes', () => {
    const [sink] = compiled({ sinks }).sinks;
    expect(sink).toMatchObject({ kind: 'cassandra', clockColumns: ['written'] });
    expect(Object.keys((sink as { columns: object }).columns)).toEqual(['k', 's']);
  });

  it('is a value of type timestamp in the table', () => {
    expect(createStatements(compiled({ sinks }), '{}')[1]).toContain('  written timestamp,\n  PRIMARY KEY ((k), s)');
  });

  it.each(['session', 'sliding'])('is refused for %s windows, whose rows can be deleted', (kind) => {
    const window = `  window: { kind: ${kind}, ${kind === 'session' ? 'gap' : 'size'}: 1m }`;
    expect(problemsOf(pipelineText({ window, sinks }))).toEqual([
      `13:86: spec.sinks[0].cassandra.columns.written: rows of ${kind} windows are deleted when others take their place, and now() would outlive them; leave it out`,
    ]);
  });

  it('does not tell rows apart', () => {
    const onlyClock = sinks.replace('s: window.start, ', '');
    expect(problemsOf(pipelineText({ sinks: onlyClock }))[0]).toContain('no column holds window.start');
  });
});
