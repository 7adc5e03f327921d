import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { durationText } from '../../core/pipeline/duration';
import { repartitionOf } from '../../core/pipeline/repartition-definition';
import { TYPICAL_RECORDS } from '../../core/plan/state-estimate';
import { windowText } from '../../core/plan/window-text';
import { sinkName } from '../../core/pipeline/sink-name';
import { tableName } from '../../core/lookup/compiled-lookup';
import { repartitionTopicPattern, shuffleName } from '../../core/repartition/names';
import type { Plan } from './plan';

/** A heading with what stands under it. */
type Section = readonly [heading: string, ...lines: string[]];

/** A plan as a person reads it. */
export function planText(pipeline: CompiledPipeline, plan: Plan): readonly string[] {
  const { description } = pipeline.definition.metadata;
  const sections: Section[] = [
    ['Source', ...sourceLines(pipeline)],
    ['Steps', ...stepLines(pipeline)],
    ['Tasks', ...taskLines(pipeline, plan)],
    ['Topics', ...plan.topics.map(topicLine)],
    ['State', ...stateLines(plan)],
    ['Redis keys of task 0', ...plan.redisKeys.map(({ key, holds }) => `${key}: ${holds}`)],
    ['Checkpoint', checkpointLine(plan)],
    ['Sinks', ...pipeline.sinks.map((sink) => sinkName(sink)), ...plan.tables.flatMap(tableLines)],
  ];
  const title = `Pipeline ${pipeline.name}${description === undefined ? '' : `: ${description}`}`;
  return [title, ...sections.flatMap(([heading, ...lines]) => ['', heading, ...lines.map((line) => `  ${line}`)])];
}

function sourceLines({ definition, outOfOrdernessMs, idleAfterMs }: CompiledPipeline): string[] {
  const { source } = definition.spec;
  const time = source.time.field === undefined ? "the record's timestamp" : `the field ${source.time.field}`;
  const idle =
    idleAfterMs === undefined
      ? 'a silent partition holds its windows open'
      : `a partition is idle ${durationText(idleAfterMs)} after its last record`;
  return [
    `topic ${source.topic}, ${source.format}`,
    `event time is ${time}; records may be out of order by ${durationText(outOfOrdernessMs)}; ${idle}`,
  ];
}

function stepLines(pipeline: CompiledPipeline): string[] {
  const { definition, lookups, keyNames, graceMs, amendMs, lateTopic, emitOnUpdate, emitOnClose, emitOnRecord } =
    pipeline;
  const { where, derive = {}, window, aggregate = {}, emit } = definition.spec;
  const lines = [
    ...lookups.map(({ as, table }) => `lookup ${as} from ${tableName(table)}`),
    ...(where === undefined ? [] : [`where ${where}`]),
    ...Object.entries(derive).map(([name, text]) => `derive ${name} = ${text}`),
  ];
  if (!window) return [...lines, 'each accepted record is a row'];
  const late =
    amendMs > 0
      ? `corrects windows for ${durationText(amendMs)} after they closed`
      : lateTopic === undefined
        ? 'is counted and dropped'
        : `is counted and goes to ${lateTopic}`;
  const every = emit.every === 0 ? 'with each checkpoint' : `at most every ${durationText(emit.every)}`;
  return [
    ...lines,
    `key ${keyNames.join(', ')}`,
    `window ${windowText(window)}${'grace' in window ? `, grace ${durationText(graceMs)}` : ''}`,
    ...Object.entries(aggregate).map(([name, text]) => `aggregate ${name} = ${text}`),
    ...(emitOnUpdate ? [`emit updates ${every}`] : []),
    ...(emitOnClose ? ['emit the final row when a window closes'] : []),
    ...(emitOnRecord ? ['emit a row for each record'] : []),
    ...(window.kind === 'count' || window.kind === 'global' ? [] : [`a late record ${late}`]),
  ];
}

function taskLines({ keyNames, definition, name }: CompiledPipeline, { tasks }: Plan): string[] {
  const { when, partialRange } = repartitionOf(definition.spec);
  const partials =
    partialRange === undefined
      ? []
      : [
          `records are aggregated before that topic: a partial aggregate covers at most ${partialRange} offsets of a source partition, which the topic's readers replace as it grows`,
        ];
  const first = `one for each partition of the source topic: ${tasks}, or as many as the topic has if it exists`;
  if (keyNames.length === 0 || (tasks === 1 && when !== 'always')) return [first];
  const topic = repartitionTopicPattern(name);
  if (when === 'always') {
    return [
      first,
      `records go through the internal topic ${topic}, keyed by ${keyNames.join(', ')}; as many tasks again fill it, in the group ${shuffleName(name)}`,
      ...partials,
    ];
  }
  return [
    first,
    `the message key must be the pipeline's key (${keyNames.join(', ')}): a record with another one is a dead letter, wrong-message-key`,
    when === 'never'
      ? 'no repartition topic is made: repartition is never'
      : `unless the newest records have other message keys when the pipeline is first deployed: then all go through the internal topic ${topic}`,
    ...(when === 'never' ? [] : partials),
  ];
}

const PURPOSES: Readonly<Record<string, string>> = {
  source: 'read',
  output: 'written: rows',
  reference: 'read: entries of a lookup',
};

function topicLine({ topic, partitions, purpose }: Plan['topics'][number]): string {
  const dead = topic.endsWith('.dead') ? 'written: records that cannot be processed' : 'written: late records';
  const what = PURPOSES[purpose] ?? dead;
  return `${topic}: ${what}; created with ${partitions} partition${partitions === 1 ? '' : 's'} if it is missing`;
}

const ENTRIES = { pane: 'pane', slice: 'pane of a slice', window: 'window', none: '' } as const;

function stateLines({ state }: Plan): string[] {
  const { entry, count, windowsPerRecord, sliceMs, emptyBytes, typicalBytes, bytesPerKey, assumption } = state;
  if (entry === 'none') return ['none'];
  const sharing =
    sliceMs === undefined
      ? []
      : [
          `slices of ${durationText(sliceMs)}, which windows share: a record is added to 1 slice and counts in ${windowsPerRecord} windows`,
        ];
  const each = `${emptyBytes} bytes when empty, ${typicalBytes} after ${TYPICAL_RECORDS} records of different values`;
  const total = bytesPerKey === undefined ? 'as many as its records ask for' : `${count} of them, ${bytesPerKey} bytes`;
  return [...sharing, `a ${ENTRIES[entry]}: ${each}`, `a key: ${total} (${assumption})`];
}

function checkpointLine({ checkpoint: { intervalMs, maxRows, maxBytes } }: Plan): string {
  return `every ${durationText(intervalMs)}, or earlier at ${maxRows} rows or ${maxBytes} bytes`;
}

function tableLines({ table, partitionKey, clusteringKey, columns, isMigrated }: Plan['tables'][number]): string[] {
  const made = isMigrated ? 'the migrations make it' : '`millrace ddl` prints what makes it';
  const key = [`(${partitionKey.join(', ')})`, ...clusteringKey].join(', ');
  return [`table ${table}: primary key (${key}); ${made}`, ...columns.map((column) => `  ${column}`)];
}
