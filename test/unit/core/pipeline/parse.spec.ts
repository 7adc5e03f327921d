import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { definitionOf, pipelineText, problemsOf } from './pipeline-text';

/** Section 1 of the public contract, as users find it there. */
const CONTRACT_SAMPLE = `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: air-quality-daily, description: Daily PM2.5 of each post }
spec:
  source:
    topic: air-quality.readings
    format: json
    time: { field: observed_at, outOfOrderness: 0s, idleAfter: 60s }
  where: pm25 != null && pm25 >= 0
  derive: { band: 'aqi_band(pm25)' }
  key: [location]
  window: { kind: calendar, unit: day, zone: Asia/Shanghai, grace: 1h }
  aggregate:
    avg_pm25: avg(pm25)
    max_pm25: max(pm25)
    min_pm25: min(pm25)
    readings: count()
  emit: { on: update, every: 1s }
  late: drop
  sinks:
    - cassandra: { table: aqdata.pm25, columns: { location: key.location, date: window.date, avg_pm25: avg_pm25, max_pm25: max_pm25, min_pm25: min_pm25 } }
    - kafka: { topic: air-quality.daily, delivery: at-least-once }
    - live: {}
`;

describe('a pipeline file', () => {
  it('is read as the contract shows it', () => expect(problemsOf(CONTRACT_SAMPLE)).toEqual([]));

  it('is read as shipped', () => {
    const text = readFileSync('pipelines/air-quality-daily.yaml', 'utf8');
    const { definitions, problems } = parsePipelines(text, 'f');
    expect(problems).toEqual([]);
    expect(definitions.map(({ metadata }) => metadata.name)).toEqual(['air-quality-daily']);
  });

  it('means the same as JSON', () => {
    const definition = definitionOf({ late: undefined });
    const json = JSON.stringify({
      kind: 'Pipeline',
      apiVersion: 'millrace/v1',
      metadata: { name: 'p' },
      spec: {
        sinks: [{ live: {} }],
        source: { time: { field: 'at' }, topic: 'in', format: 'json' },
        where: 'x != null',
        derive: { twice: 'x * 2' },
        key: ['k'],
        window: { kind: 'tumbling', size: 'PT1M' },
        aggregate: { total: 'sum(x)', n: 'count()' },
        emit: { on: 'both', every: '1s' },
      },
    });
    expect(parsePipelines(json, 'f')).toMatchObject({ definitions: [definition], problems: [] });
  });

  it('has its defaults filled in and its durations in milliseconds', () => {
    const { spec } = definitionOf({ emit: undefined, late: undefined });
    expect(spec).toMatchObject({
      source: {
        partitions: 4,
        maxRecordBytes: 1_048_576,
        time: { outOfOrderness: 0, idleAfter: 60_000, advanceOn: 'accepted' },
      },
      window: { kind: 'tumbling', size: 60_000, offset: 0, grace: 0 },
      emit: { on: 'update', every: 0 },
      late: 'drop',
      onStateLoss: 'rebuild',
      checkpoint: { interval: 200, maxRows: 5000, maxBytes: 1_048_576 },
    });
  });

  it('may hold several pipelines and documents for other commands', () => {
    const second = pipelineText({ metadata: 'metadata: { name: q }' });
    const both = ['kind: Test\ngiven: []', pipelineText(), second, ''].join('\n---\n');
    expect(parsePipelines(both, 'f').definitions.map(({ metadata }) => metadata.name)).toEqual(['p', 'q']);
    expect(problemsOf(both)).toEqual([]);
  });

  it('gives each pipeline a name of its own', () => {
    expect(problemsOf(`${pipelineText()}\n---\n${pipelineText()}`)).toEqual([
      '17:19: metadata.name: "p" is the name of an earlier pipeline in this file',
    ]);
  });

  it('may share parts by anchors; a problem is shown where the part is written', () => {
    const text = pipelineText({ aggregate: '  aggregate: { a: &x agv(y), b: *x }' });
    expect(problemsOf(text)).toContain('10:22: spec.aggregate.a: unknown aggregate "agv"; did you mean "avg"?');
  });

  it('keeps good pipelines apart from bad ones', () => {
    const bad = pipelineText({ metadata: 'metadata: { name: q }', late: '  late: never' });
    const { definitions, problems } = parsePipelines(`${bad}\n---\n${pipelineText()}`, 'f');
    expect(definitions.map(({ metadata }) => metadata.name)).toEqual(['p']);
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['nothing', '', '1:1: there is no document in this file'],
    ['a comment', '# later\n', '1:1: there is no document in this file'],
    ['text', 'hello', '1:1: a mapping is needed, not text'],
    ['a list', '- a', '1:1: a mapping is needed, not a list'],
  ])('of %s is refused', (_what, text, problem) => expect(problemsOf(text)).toEqual([problem]));

  it('with broken YAML is refused at the place of the break', () => {
    expect(problemsOf(pipelineText({ key: '  key: [k' }))[0]).toMatch(/^9:3: .*\]/);
  });

  it('with an expansion bomb is refused', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`);
    expect(problemsOf(['a0: &a0 [x]', ...levels].join('\n'))).toHaveLength(1);
  });

  it('never makes the parser throw', () => {
    const line = fc.constantFrom(
      ...pipelineText().split('\n'),
      '---',
      '- ',
      '{',
      'a: &b',
      '*b',
      '? x',
      "'",
      '__proto__: {a: 1}',
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => expect(() => parsePipelines(lines.join('\n'), 'f')).not.toThrow()),
    );
    fc.assert(fc.property(fc.string(), (text) => expect(() => parsePipelines(text, 'f')).not.toThrow()));
  });
});
