import { schema } from '../../../src/commands/schema.command';
import type { FindTable } from '../../../src/commands/table-problems';
import { validate } from '../../../src/commands/validate.command';
import { pipelineText } from '../core/pipeline/pipeline-text';

const shippedTable = (key: string): string =>
  `  sinks: [{ cassandra: { table: aqdata.pm25, columns: { location: key.${key}, year: window.year, date: window.date, readings: n } } }]`;
const goldenText = (steps: string): string =>
  `apiVersion: millrace/v1\nkind: Test\nmetadata: { name: t }\nspec:\n  pipeline: p.yaml\n  ${steps}: [{ expect: [] }]\n`;

const FILES: Readonly<Record<string, string>> = {
  'good.yaml': pipelineText(),
  'two.yaml': `${pipelineText()}\n---\n${pipelineText({ metadata: 'metadata: { name: q }' })}`,
  'shipped.yaml': pipelineText({ sinks: shippedTable('k') }),
  'unmapped.yaml': pipelineText({ sinks: shippedTable('k').replace(', readings: n', ', readngs: n') }),
  'from.yaml': pipelineText({ sinks: '  sinks: [{ kafka: { topic: out } }]' }),
  'back.yaml': pipelineText({
    metadata: 'metadata: { name: q }',
    source: '  source: { topic: out, format: json }',
    sinks: '  sinks: [{ kafka: { topic: in } }]',
  }),
  'good.test.yaml': goldenText('steps'),
  'bad.test.yaml': goldenText('stps'),
  'bad.yaml': pipelineText({ emit: '  emit: { on: updates }', late: '  lat: drop' }),
};

async function runWith(find: FindTable | undefined, files: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    readFile: (path: string) => {
      const text = FILES[path];
      return text === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(text);
    },
  };
  return { exitCode: await validate(files, io, { findTable: find }), out, err };
}

const run = (...files: string[]) => runWith(undefined, files);

describe('validate', () => {
  it('counts the pipelines of good files', async () => {
    const out = ['two.yaml: ok (2 pipelines)', 'good.test.yaml: ok (1 test)'];
    expect(await run('two.yaml', 'good.test.yaml')).toEqual({ exitCode: 0, out, err: [] });
  });

  it('prints every problem with its place, and looks at the other files too', async () => {
    expect(await run('bad.yaml', 'good.yaml')).toEqual({
      exitCode: 1,
      out: ['good.yaml: ok (1 pipeline)'],
      err: [
        'bad.yaml:11:15: spec.emit.on: unknown value "updates"; did you mean "update"?',
        'bad.yaml:12:3: spec.lat: unknown property "lat"; did you mean "late"?',
      ],
    });
  });

  it('says which file cannot be read', async () => {
    const { exitCode, err } = await run('bad.yaml', 'none.yaml');
    expect(exitCode).toBe(2);
    expect(err).toContain('none.yaml: cannot be read: no such file');
    expect(err).toHaveLength(3);
  });

  it('finds what is wrong between files', async () => {
    const { exitCode, err, out } = await run('from.yaml', 'good.yaml', 'back.yaml');
    expect([exitCode, out]).toEqual([1, []]);
    expect(err.map((line) => line.slice(0, line.indexOf(': ', 20)))).toEqual([
      'from.yaml:13:29: spec.sinks[0].kafka.topic',
      'good.yaml:3:19: metadata.name',
      'back.yaml:13:29: spec.sinks[0].kafka.topic',
    ]);
  });

  it('knows the tables that the migrations make, and says which column they lack', async () => {
    expect((await run('shipped.yaml')).exitCode).toBe(0);
    const { exitCode, err } = await run('unmapped.yaml');
    expect(exitCode).toBe(1);
    expect(err).toEqual([
      expect.stringMatching(
        /^unmapped\.yaml:13:\d+: spec\.sinks\[0\]\.cassandra\.columns\.readngs: table aqdata\.pm25: there is no column 'readngs' \(it has .*readings.*\): ALTER TABLE aqdata\.pm25 ADD readngs/,
      ) as string,
    ]);
  });

  it('says at its place which table Cassandra lacks', async () => {
    const { exitCode, err } = await runWith(() => Promise.resolve({ missing: 'there is none' }), ['shipped.yaml']);
    expect(exitCode).toBe(1);
    expect(err).toEqual(['shipped.yaml:13:33: spec.sinks[0].cassandra.table: there is none']);
  });

  it('checks golden tests too', async () => {
    expect((await run('good.test.yaml')).out).toEqual(['good.test.yaml: ok (1 test)']);
    const { exitCode, err } = await run('bad.test.yaml');
    expect(exitCode).toBe(1);
    expect(err).toEqual(['bad.test.yaml:6:3: spec.stps: unknown property "stps"; did you mean "steps"?']);
  });

  it('wants a file', async () => expect((await run()).exitCode).toBe(2));
});

describe('schema', () => {
  it('prints that of golden tests', () => {
    const out: string[] = [];
    expect(schema({ out: (line) => out.push(line) }, 'test')).toBe(0);
    expect(JSON.parse(out.join('\n'))).toHaveProperty('title', 'Millrace golden test');
  });

  it('prints JSON', () => {
    const out: string[] = [];
    expect(schema({ out: (line) => out.push(line) })).toBe(0);
    expect(JSON.parse(out.join('\n'))).toHaveProperty('title', 'Millrace pipeline');
  });
});
