import { type LineName, pipelineText, problemsOf } from './pipeline-text';

type Case = readonly [line: LineName, text: string | undefined, ...problems: string[]];

const ALL_OR_NONE = 'is missing; a pipeline has key, window and aggregate, or none of them';
const DURATION = 'a duration such as 250ms, 10s, 5m, 1h, 7d or PT1H is needed';

const structure: Case[] = [
  [
    'apiVersion',
    'apiVersion: millrace/v2',
    '1:13: apiVersion: unknown value "millrace/v2"; did you mean "millrace/v1"?',
  ],
  ['kind', 'kind: Pipelin', '2:7: kind: unknown kind "Pipelin"; did you mean "Pipeline"?'],
  ['kind', undefined, '1:1: kind: is missing; one of Pipeline is needed'],
  ['metadata', 'metadata: {}', '3:1: metadata.name: is missing; text is needed'],
  [
    'metadata',
    'metadata: { name: "a:b" }',
    '3:19: metadata.name: a name is made of letters, digits, ".", "_" and "-", and starts and ends with a letter or digit',
  ],
  ['key', undefined, `4:1: spec.key: ${ALL_OR_NONE}`],
  ['key', '  key: []', '8:8: spec.key: must not be empty'],
  ['key', '  key: location', '8:8: spec.key: a list is needed, not text'],
  ['key', '  key: [k, k]', '8:12: spec.key[1]: "k" is named twice'],
  ['key', '  key: [k]\n  repartition: alway', '9:16: spec.repartition: unknown value "alway"; did you mean "always"?'],
  [
    'key',
    '  key: [k]\n  repartition: { when: alway }',
    '9:24: spec.repartition.when: unknown value "alway"; did you mean "always"?',
  ],
  ['aggregate', undefined, `4:1: spec.aggregate: ${ALL_OR_NONE}`],
  ['aggregate', '  aggregate: {}', '10:14: spec.aggregate: at least one aggregate is needed'],
  [
    'aggregate',
    '  agregate: { n: count() }',
    '10:3: spec.agregate: unknown property "agregate"; did you mean "aggregate"?',
  ],
  [
    'aggregate',
    '  aggregate: { a-b: count() }',
    '10:16: spec.aggregate.a-b: a name is made of letters, digits and _, and starts with no digit',
  ],
  ['aggregate', '  aggregate: { window: count() }', '10:16: spec.aggregate.window: "window" is a reserved name'],
  ['aggregate', '  aggregate: { n: count(), n: count() }', '10:28: "n" is given twice'],
  ['aggregate', '  aggregate: { n: 5 }', '10:19: spec.aggregate.n: text is needed, not 5'],
  ['emit', '  emit: { on: updates }', '11:15: spec.emit.on: unknown value "updates"; did you mean "update"?'],
  ['emit', '  emit: { every: 1 }', `11:18: spec.emit.every: 1 has no unit; ${DURATION}`],
  ['late', '  late: keep', '12:9: spec.late: unknown value "keep"; known: drop, topic, amend'],
  ['late', '  late: { amend: 0s }', '12:18: spec.late.amend: must be longer than 0'],
  ['late', '  late: { amnd: 7d }', '12:9: spec.late: unknown value "amnd"; did you mean "amend"?'],
  [
    'late',
    '  late: { topic: a b }',
    '12:18: spec.late.topic: the name of a topic is made of letters, digits, ".", "_" and "-"',
  ],
  ['late', '  late: { topic: in }', '12:18: spec.late.topic: is the source topic: late records would go round'],
  ['late', '  checkpoint: { interval: 0s }', '12:27: spec.checkpoint.interval: must be longer than 0'],
  ['late', '  checkpoint: { maxRows: 0 }', '12:26: spec.checkpoint.maxRows: must be at least 1'],
  ['late', '  onStateLoss: rebuld', '12:16: spec.onStateLoss: unknown value "rebuld"; did you mean "rebuild"?'],
  ['where', '  where: true', '6:10: spec.where: text is needed, not a boolean'],
  ['where', '  where:', '6:9: spec.where: text is needed, not nothing'],
];

const source: Case[] = [
  ['source', undefined, '4:1: spec.source: is missing; a mapping is needed'],
  ['source', '  source: { format: json }', '5:3: spec.source.topic: is missing; text is needed'],
  [
    'source',
    '  source: { topic: in }',
    '5:3: spec.source.format: is missing; one of json, csv, avro, json-schema, protobuf is needed',
  ],
  [
    'source',
    '  source: { topic: in, format: json, schema: { version: 1 } }',
    '5:46: spec.source.schema: schema has no meaning for format json',
  ],
  [
    'source',
    '  source: { topic: in, format: avro, schema: { version: 1, text: "{}" } }',
    '5:46: spec.source.schema: version and text both say what to read by; give one of them',
  ],
  [
    'source',
    '  source: { topic: in, format: jason }',
    '5:32: spec.source.format: unknown value "jason"; did you mean "json"?',
  ],
  [
    'source',
    '  source: { topic: in, format: csv }',
    '5:32: spec.source.format: format csv needs csv: { columns: [...] }',
  ],
  [
    'source',
    '  source: { topic: in, format: json, csv: { columns: [a] } }',
    '5:43: spec.source.csv: csv has no meaning for format json',
  ],
  [
    'source',
    '  source: { topic: a b, format: json }',
    '5:20: spec.source.topic: the name of a topic is made of letters, digits, ".", "_" and "-"',
  ],
  [
    'source',
    '  source: { topic: in, format: json, partitions: 0 }',
    '5:50: spec.source.partitions: must be at least 1',
  ],
  [
    'source',
    '  source: { topic: in, format: json, partitions: 1.5 }',
    '5:50: spec.source.partitions: a whole number is needed, not 1.5',
  ],
  [
    'source',
    '  source: { topic: in, format: json, maxRecordBytes: 1GB }',
    '5:54: spec.source.maxRecordBytes: a size such as 1MiB or 64KiB, from 1 to 67108864 bytes, is needed',
  ],
  [
    'source',
    '  source: { topic: in, format: json, time: { idleAfter: soon } }',
    `5:57: spec.source.time.idleAfter: "soon" is no duration; ${DURATION}, or never`,
  ],
  [
    'source',
    '  source: { topic: in, format: json, time: { idleAfter: 0s } }',
    '5:57: spec.source.time.idleAfter: must be longer than 0',
  ],
  [
    'source',
    '  source: { topic: in, format: json, time: { feild: at } }',
    '5:46: spec.source.time.feild: unknown property "feild"; did you mean "field"?',
  ],
];

const windows: Case[] = [
  ['window', undefined, `4:1: spec.window: ${ALL_OR_NONE}`],
  [
    'window',
    '  window: { kind: hopping, size: 1m, advance: 2m }',
    '9:47: spec.window.advance: must not be longer than size, or records would be in no window',
  ],
  ['window', '  window: { kind: hopping, size: 1m, advance: 0s }', '9:47: spec.window.advance: must be longer than 0'],
  ['window', '  window: { kind: hopping, size: 1m }', `9:3: spec.window.advance: is missing; ${DURATION}`],
  [
    'window',
    '  window: { kind: hopping, size: 1m, advance: 20s, offset: 20s }',
    '9:60: spec.window.offset: must be shorter than advance',
  ],
  [
    'window',
    '  window: { kind: hopping, size: 1d, advance: 1001ms }',
    '9:47: spec.window.advance: size and advance cut each window into 86400000 slices of 1 ms, at most 10000 are taken; choose another advance, one that goes into size more evenly',
  ],
  [
    'window',
    '  window: { kind: cumulative, size: 1h, step: 7m }',
    '9:47: spec.window.step: size must be a multiple of it',
  ],
  ['window', '  window: { kind: sliding, size: 0s }', '9:34: spec.window.size: must be longer than 0'],
  ['window', '  window: { kind: session, gap: 0s }', '9:33: spec.window.gap: must be longer than 0'],
  [
    'window',
    '  window: { kind: session, size: 5m }',
    `9:3: spec.window.gap: is missing; ${DURATION}`,
    '9:28: spec.window.size: unknown property "size"; known: kind, gap, grace',
  ],
  ['window', '  window: { kind: count, size: 0 }', '9:32: spec.window.size: must be at least 1'],
  ['window', '  window: { kind: count, size: 5m }', '9:32: spec.window.size: a number is needed, not text'],
  ['window', '  window: { kind: global, grace: 1m }', '9:27: spec.window.grace: unknown property "grace"; known: kind'],
  [
    'window',
    '  window: { kind: tumblin }',
    '9:19: spec.window.kind: unknown value "tumblin"; did you mean "tumbling"?',
  ],
  ['window', '  window: { kind: tumbling }', `9:3: spec.window.size: is missing; ${DURATION}`],
  ['window', '  window: { kind: tumbling, size: 0s }', '9:35: spec.window.size: must be longer than 0'],
  [
    'window',
    '  window: { kind: tumbling, size: 1m, offset: 1m }',
    '9:47: spec.window.offset: must be shorter than size',
  ],
  [
    'window',
    '  window: { kind: calendar, unit: days, zone: UTC }',
    '9:35: spec.window.unit: unknown value "days"; did you mean "day"?',
  ],
  [
    'window',
    '  window: { kind: calendar, unit: day, zone: Asia/Shangai }',
    '9:46: spec.window.zone: "Asia/Shangai" is no IANA time zone; did you mean "Asia/Shanghai"?',
  ],
  [
    'window',
    '  window: { kind: calendar, unit: day, zone: "+08:00" }',
    '9:46: spec.window.zone: "+08:00" is no IANA time zone, such as Asia/Shanghai or UTC',
  ],
  [
    'window',
    '  window: { kind: calendar, unit: day, zone: UTC, zoneField: z }',
    '9:62: spec.window.zoneField: either zone or zoneField, not both',
  ],
  [
    'window',
    '  window: { kind: calendar, unit: day }',
    '9:3: spec.window.zone: is missing; an IANA name such as Asia/Shanghai, or zoneField, is needed',
  ],
];

describe('a wrong definition is refused with its place and what was meant', () => {
  const cases = [...structure, ...source, ...windows].map(([line, text, ...problems]) => ({
    line,
    text,
    problems,
  }));
  it.each(cases)('$line: $text', ({ line, text, problems }) => {
    expect(problemsOf(pipelineText({ [line]: text }))).toEqual(problems);
  });

  it('takes the good definition that the cases above start from', () => {
    expect(problemsOf(pipelineText())).toEqual([]);
  });

  it('finds everything that is wrong with a file at once, in order', () => {
    const first = pipelineText({ where: '  where: x +* 2', window: '  window: { kind: tumbling, size: 0s }' });
    const second = pipelineText({ metadata: 'metadata: { name: q }', sinks: '  sinks: []' });
    expect(problemsOf(`${first}\n---\n${second}`)).toEqual([
      '6:13: spec.where: Unexpected token: MULTIPLY',
      '9:35: spec.window.size: must be longer than 0',
      '27:10: spec.sinks: at least one sink is needed',
    ]);
  });
});
