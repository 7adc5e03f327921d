import { tablesOf } from '../../src/commands/table-problems';
import { validate } from '../../src/commands/validate.command';
import { openKeyspace, type TestKeyspace } from '../conformance/row-sink-cassandra';
import { pipelineText } from '../unit/core/pipeline/pipeline-text';

describe('validate --tables on a real server', () => {
  let target: TestKeyspace;

  beforeAll(async () => {
    target = await openKeyspace('validate');
    await target.run(`CREATE TABLE ${target.keyspace}.t (k text, at timestamp, n bigint, PRIMARY KEY (k, at))`);
  });
  afterAll(() => target?.close());

  const run = async (table: string, columns: string) => {
    const sinks = `  sinks: [{ cassandra: { table: ${target.keyspace}.${table}, columns: { ${columns} } } }]`;
    const err: string[] = [];
    const io = {
      out: () => undefined,
      err: (line: string) => void err.push(line.replaceAll(target.keyspace, 'ks')),
      readFile: () => Promise.resolve(pipelineText({ sinks })),
    };
    return { exitCode: await validate(['p.yaml'], io, { findTable: tablesOf(target.client) }), err };
  };

  it('takes a pipeline whose table fits', async () => {
    expect(await run('t', 'k: key.k, at: window.start, n: n')).toEqual({ exitCode: 0, err: [] });
  });

  it('says at the column what the table lacks, and at the columns which key column is not mapped', async () => {
    const { exitCode, err } = await run('t', 'k: key.k, until: window.end, n: n');
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(
        /^p\.yaml:13:\d+: spec\.sinks\[0\]\.cassandra\.columns: table ks\.t: primary key column 'at' has no value/,
      ) as string,
      expect.stringMatching(
        /^p\.yaml:13:\d+: spec\.sinks\[0\]\.cassandra\.columns\.until: table ks\.t: there is no column 'until'/,
      ) as string,
    ]);
  });

  it('says which table is missing', async () => {
    const { exitCode, err } = await run('none', 'k: key.k, at: window.start, n: n');
    expect(exitCode).toBe(1);
    expect(err.join('\n')).toMatch(
      /^p\.yaml:13:33: spec\.sinks\[0\]\.cassandra\.table: Cassandra has no table ks\.none/,
    );
  });
});
