import { parsePipelineFiles } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';
import { pipelineText } from './pipeline-text';

interface Parts {
  readonly name: string;
  readonly from?: string;
  readonly sinks?: string;
  readonly late?: string;
}

const pipeline = ({ name, from = 'in', sinks = 'live: {}', late = 'drop' }: Parts): string =>
  pipelineText({
    metadata: `metadata: { name: ${name} }`,
    source: `  source: { topic: ${from}, format: json, time: { field: at } }`,
    late: `  late: ${late}`,
    sinks: `  sinks: [{ ${sinks} }]`,
  });
const problemsOf = (...texts: string[]): string[] =>
  parsePipelineFiles(texts.map((text, i) => ({ path: `${i}`, text }))).problems.map(problemText);
const toTopic = (topic: string): string => `kafka: { topic: ${topic} }`;
const table = (columns: string): string => `cassandra: { table: k.t, columns: { ${columns}, n: n } }`;

describe('pipelines that run side by side', () => {
  it('have names of their own', () => {
    expect(problemsOf(pipeline({ name: 'p' }), pipeline({ name: 'p', from: 'b' }))).toEqual([
      '1:3:19: metadata.name: "p" is the name of an earlier pipeline in 0',
    ]);
  });

  it('may follow each other', () => {
    expect(
      problemsOf(pipeline({ name: 'a', sinks: toTopic('b') }), pipeline({ name: 'b', from: 'b', sinks: toTopic('c') })),
    ).toEqual([]);
  });

  it('are refused when their topics lead back to where they begin, each at its own output, with the whole way', () => {
    const a = pipeline({ name: 'a', from: 't', sinks: toTopic('u') });
    const b = pipeline({ name: 'b', from: 'u', sinks: toTopic('v') });
    const c = pipeline({ name: 'c', from: 'v', sinks: toTopic('t') });
    const message = (loop: string) =>
      `13:29: spec.sinks[0].kafka.topic: the pipeline would read its own output: ${loop}; write to another topic`;
    expect(problemsOf(a, b, c)).toEqual([
      `0:${message('"a" -> "u" -> "b" -> "v" -> "c" -> "t"')}`,
      `1:${message('"b" -> "v" -> "c" -> "t" -> "a" -> "u"')}`,
      `2:${message('"c" -> "t" -> "a" -> "u" -> "b" -> "v"')}`,
    ]);
    expect(problemsOf(`${a}\n---\n${b}\n---\n${c}`)).toHaveLength(3);
    expect(problemsOf(a, b)).toEqual([]);
  });

  it('are refused when late records come back to where they were late', () => {
    const a = pipeline({ name: 'a', from: 't', late: '{ topic: late }' });
    const b = pipeline({ name: 'b', from: 'late', sinks: toTopic('t') });
    expect(problemsOf(a, b)[0]).toMatch(/^0:12:18: spec\.late\.topic: .*"a" -> "late" -> "b" -> "t"/);
  });

  it('are refused when they write to one table with other keys', () => {
    const first = pipeline({ name: 'a', sinks: table('k: key.k, at: window.start') });
    const second = pipeline({ name: 'b', sinks: table('k: key.k, hour: window.start') });
    expect(problemsOf(first, second)).toEqual([
      '1:13:33: spec.sinks[0].cassandra.table: table k.t would need the primary key (hour, k), but pipeline "a" in 0 ' +
        'writes to it with (at, k); map the same columns from key.* and window.*, or write to another table',
    ]);
  });

  it('may write to one table with the same key', () => {
    const first = pipeline({ name: 'a', sinks: table('k: key.k, at: window.start') });
    const second = pipeline({ name: 'b', sinks: table('at: window.start, k: key.k, until: window.end') });
    expect(problemsOf(first, second)).toEqual([]);
  });
});
