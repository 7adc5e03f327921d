import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../../src/commands/main';
import { pipelineText } from '../core/pipeline/pipeline-text';

const HEAD = 'apiVersion: millrace/v1\nkind: Test\nmetadata: { name: sums }\n';
const steps = (...lines: string[]): string =>
  `${HEAD}spec:\n  pipeline: ../p.yaml\n  steps:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
const record = (k: string, second: number, x: number | string): string =>
  `{ k: ${k}, at: '2026-01-01T00:00:${String(second).padStart(2, '0')}Z', x: ${x} }`;
const GIVEN = `given: [${record('a', 0, 1)}, ${record('a', 1, 2)}, ${record('b', 2, 4)}]`;

describe('millrace test', () => {
  let folder: string;
  let out: string[];
  let err: string[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
    mkdirSync(join(folder, 'tests'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    [out, err] = [[], []];
    writeFileSync(join(folder, 'p.yaml'), pipelineText());
  });

  const run = async (...texts: string[]): Promise<number | undefined> => {
    const paths = texts.map((text, i) => {
      const path = join(folder, 'tests', `${i}.test.yaml`);
      writeFileSync(path, text);
      return path;
    });
    const shorten = (lines: string[]) => (line: string) => void lines.push(line.replaceAll(`${folder}/tests/`, ''));
    const io = {
      out: shorten(out),
      err: shorten(err),
      readFile: (path: string) => readFile(path, 'utf8'),
      stdout: new PassThrough(),
    };
    return main(['node', 'millrace', 'test', ...paths], io);
  };

  it('exits with 0 when every row is as expected; parts that are not named may be anything', async () => {
    const expected = 'expect: [{ key: { k: a }, values: { total: 1 } }, { final: false, key: { k: b } }]';
    const whole =
      "expectTable: [{ key: { k: a }, window: { start: '2026-01-01T00:00:00Z', end: 1767225660000 }, values: { total: 3, n: 2 } }, { values: { n: 1 } }]";
    expect(await run(steps(`given: [${record('a', 0, 1)}]`, 'expect: [{ values: { total: 1 } }]'))).toBe(0);
    expect(await run(steps(GIVEN, 'advanceBy: 1s', whole))).toBe(0);
    expect(await run(steps(`given: [${record('a', 0, 1)}, ${record('b', 1, 2)}]`, expected))).toBe(0);
    expect(err).toEqual([]);
    expect(out).toContain('ok   0.test.yaml: sums');
    expect(out.at(-1)).toBe('1 passed, 0 failed');
  });

  it('exits with 1 and says where, what was expected and what came', async () => {
    const text = steps(
      GIVEN,
      'expect:\n      - { key: { k: a }, values: { total: 2, n: 1 } }\n      - { final: true }',
    );
    expect(await run(text)).toBe(1);
    expect(err).toEqual([
      'FAIL 0.test.yaml: sums',
      '0.test.yaml:8:7: spec.steps[1].expect: 2 rows of those expected did not come (-), 3 rows came that were not expected (+)',
      '  - {"key":{"k":"a"},"values":{"total":2,"n":1}}',
      '  + {"key":{"k":"a"},"window":{"start":"2026-01-01T00:00:00.000Z","end":"2026-01-01T00:01:00.000Z"},"values":{"total":1,"n":1}}',
      '      values.total: 2 was expected, 1 came',
      '  - {"final":true}',
      expect.stringMatching(/^ {2}\+ \{"key":\{"k":"a"\}.*"total":3,"n":2\}\}$/) as string,
      '      final: true was expected, false came',
      expect.stringMatching(/^ {2}\+ \{"key":\{"k":"b"\}.*\}$/) as string,
    ]);
    expect(out).toEqual(['0 passed, 1 failed']);
  });

  it('shows a few rows around a difference, and counts the others', async () => {
    const records = Array.from({ length: 20 }, (_, i) => record('a', i, i)).join(', ');
    const rows = Array.from({ length: 20 }, (_, i) => `{ values: { n: ${i === 9 ? 99 : i + 1} } }`).join(', ');
    expect(await run(steps(`given: [${records}]`, `expect: [${rows}]`))).toBe(1);
    expect(err.filter((line) => line.endsWith(' as expected'))).toEqual([
      '    ... 7 as expected',
      '    ... 8 as expected',
    ]);
    expect(err.filter((line) => line.startsWith('    {'))).toHaveLength(4);
  });

  it('takes numbers for equal within the tolerance', async () => {
    const test = steps(`given: [${record('a', 0, 0.1)}, ${record('a', 1, 0.2)}]`, 'close: true');
    const withTotal = (total: number, more = '') =>
      `${test}      expectTable: [{ values: { total: ${total} } }]\n${more}`;
    expect(await run(withTotal(0.3))).toBe(0);
    expect(await run(withTotal(0.31))).toBe(1);
    expect(await run(withTotal(0.31, '  tolerance: 0.02\n'))).toBe(0);
  });

  it('checks late records and dead letters since the last check', async () => {
    const late = [
      `given: [${record('a', 0, 1)}, "{ k: b }", no json]`,
      'expectDead: [{ reason: not-decodable }, { reason: not-decodable, message: JSON }]',
    ];
    const later = `given: [{ k: a, at: '2026-01-01T00:02:00Z', x: 1 }, ${record('a', 30, 1)}]`;
    expect(await run(steps(...late, later, 'expectLate: 1', 'expectLate: 0', 'expectDead: []'))).toBe(0);
    expect(await run(steps(...late, later, 'expectLate: 2', 'expectDead: [{ reason: bad-key }]'))).toBe(1);
    expect(err.join('\n')).toContain('spec.steps[3].expectLate: 2 late records were expected, 1 came');
    expect(err.join('\n')).toContain('  - {"reason":"bad-key"}');
  });

  it('gives records their own key, timestamp and partition', async () => {
    const source = '  source: { topic: in, format: json }';
    writeFileSync(
      join(folder, 'p.yaml'),
      pipelineText({ source, derive: '  derive: { twice: x * 2, m: key }' }).replace(
        'n: count()',
        'n: count(), m: last(m)',
      ),
    );
    const given = "given: [{ value: { k: a, x: 1 }, key: mine, timestamp: '2026-01-01T00:00:00Z', partition: 1 }]";
    const expected = "expect: [{ window: { start: '2026-01-01T00:00:00Z' }, values: { m: mine } }]";
    expect(await run(`${steps(given, expected)}  partitions: 2\n`)).toBe(0);
  });

  it('writes the fields of a CSV record in the order of its columns', async () => {
    const source = '  source: { topic: in, format: csv, csv: { columns: [k, at, x] }, time: { field: at } }';
    writeFileSync(join(folder, 'p.yaml'), pipelineText({ source }));
    const given = `given: [{ x: 5, k: 'a, "b"', at: '2026-01-01T00:00:00Z' }, 'c,2026-01-01T00:00:01Z,6']`;
    const rows = `expect: [{ key: { k: 'a, "b"' }, values: { total: 5 } }, { key: { k: c } }]`;
    expect(
      await run(
        steps(
          given,
          rows,
          'close: true',
          'expect: [{ final: true, values: { total: 5 } }, { key: { k: c }, values: { total: 6 } }]',
        ),
      ),
    ).toBe(0);
    expect(await run(steps('given: [{ k: a, at: 0, y: 1 }]'))).toBe(2);
    expect(err.at(-1)).toMatch(/steps\[0\]\.given\[0\]\.y: the pipeline has no column "y"; did you mean "k"\?$/);
  });

  it.each([
    ['steps: []', 'spec.steps: must not be empty'],
    ['stepps: []', 'unknown property "stepps"; did you mean "steps"?'],
    ['steps: [{ expect: [{}] }]', 'spec.steps[0].expect[0]: at least one part of the row is needed'],
    ['steps: [{}]', 'spec.steps[0]: a step does something'],
    ['steps: [{ advanceBy: 5 }]', 'spec.steps[0].advanceBy: 5 has no unit'],
    ['steps: [{ advanceTo: noon }]', 'spec.steps[0].advanceTo: a time such as 2026-01-31T08:00:00Z'],
    ['steps: [{ close: true }, { advanceBy: 5s }]', 'spec.steps[1].advanceBy: the input has ended in a step before'],
    [
      'steps: [{ given: [{ value: {}, partition: 1 }] }]',
      'spec.steps[0].given[0].partition: must be below spec.partitions, which is 1',
    ],
    ['steps: [{ expect: [{ values: { totl: 1 } }] }]', 'the pipeline has no aggregate "totl"; did you mean "total"?'],
    ['steps: [{ expect: [{ key: { q: 1 } }] }]', 'the pipeline has no key field "q"; did you mean "k"?'],
    ['steps: [{ expectDead: [{ reason: bad-tim }] }]', 'unknown value "bad-tim"; did you mean "bad-time"?'],
  ])('exits with 2 and the place when the test is wrong: %s', async (spec, message) => {
    expect(await run(`${HEAD}spec:\n  pipeline: ../p.yaml\n  ${spec}\n`)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(err[0]).toMatch(/^0\.test\.yaml:\d+:\d+: spec\./);
  });

  it('exits with 2 when the pipeline cannot be read or is wrong, and runs the other tests', async () => {
    const missing = steps('expect: []').replace('../p.yaml', '../q.yaml');
    expect(await run(missing, steps('expect: []'))).toBe(2);
    expect(err[0]).toMatch(/^0\.test\.yaml:5:13: spec\.pipeline: .*q\.yaml: cannot be read/);
    expect(out.at(-1)).toBe('1 passed, 0 failed, 1 could not be run');
    writeFileSync(join(folder, 'p.yaml'), pipelineText({ late: '  late: keep' }));
    expect(await run(steps('expect: []'))).toBe(2);
    expect(err.at(-1)).toContain('p.yaml:12:9: spec.late: unknown value "keep"');
  });

  it('takes one of several pipelines by its name', async () => {
    const second = pipelineText({ metadata: 'metadata: { name: q }', aggregate: '  aggregate: { most: max(x) }' });
    writeFileSync(join(folder, 'p.yaml'), `${pipelineText()}\n---\n${second}\n`);
    const named = steps(`given: [${record('a', 0, 1)}]`, 'expect: [{ values: { most: 1 } }]').replace(
      'pipeline: ../p.yaml',
      'pipeline: { file: ../p.yaml, name: q }',
    );
    expect(await run(named)).toBe(0);
    expect(await run(steps('expect: []'))).toBe(2);
    expect(err.at(-1)).toContain('it holds several pipelines');
  });

  it('says that a file holds no test', async () => {
    expect(await run(pipelineText())).toBe(2);
    expect(err).toEqual(['0.test.yaml:1:1: there is no document of kind Test in this file']);
  });

  describe('of a pipeline that looks records up', () => {
    const tables = (text: string): string =>
      steps(GIVEN, 'expectTable: [{ key: { k: a }, values: { total: 5 } }]').replace('  steps:', `${text}  steps:`);
    beforeEach(() => {
      const lookup = '  lookup: { table: topic, name: sensors, on: k, as: sensor, pointInTime: true, missing: drop }';
      const definition = pipelineText({ aggregate: '  aggregate: { total: sum(sensor) }' });
      writeFileSync(join(folder, 'p.yaml'), definition.replace('  where:', `${lookup}\n  where:`));
    });

    it.each([
      ['values by key', '  tables: { sensors: { a: 2.5 } }\n'],
      [
        'a list with times',
        "  tables: { sensors: [{ key: a, value: 1 }, { key: a, value: 4, time: '2026-01-01T00:00:01Z' }] }\n",
      ],
    ])('takes its tables as %s', async (_what, text) => {
      expect([await run(tables(text)), err]).toEqual([0, []]);
    });

    it.each([
      ['', '4:1: spec.tables: the pipeline looks records up in "sensors"; give its entries'],
      [
        '  tables: { sensors: { a: 1 }, senors: {} }\n',
        '6:32: spec.tables.senors: the pipeline has no lookup table "senors"; did you mean "sensors"?',
      ],
      [
        '  tables: { sensors: 5 }\n',
        '6:22: spec.tables.sensors: a mapping of values by key, or a list of { key, value, time }, is needed',
      ],
    ])('refuses tables that are not its own: %s', async (text, problem) => {
      expect(await run(tables(text))).toBe(2);
      expect(err).toEqual([`0.test.yaml:${problem}`]);
    });
  });
});
