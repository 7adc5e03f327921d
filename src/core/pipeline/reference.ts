import type { AggregateDefinition } from '../aggregates/aggregate-definition';
import { builtInAggregates } from '../aggregates/built-in';
import { aggregateReference } from '../aggregates/reference';
import { learningAggregates } from '../models/learning-aggregates';
import { builtInFunctions } from './built-in-functions';
import { ONE_PANE } from './definition';
import { pipelineJsonSchema } from './json-schema';
import { STANDARD_LANGUAGE } from './language';
import { type SchemaRow, schemaRows } from './schema-rows';

/** What the functions that are not CEL's own give; each of them has a line. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  aqi_pm25: 'US EPA air quality index of a mean of PM2.5 in µg/m³ (breakpoints of May 2024)',
  aqi_band: 'its category: Good, Moderate, ...',
  nowcast_pm25:
    "EPA's NowCast of hourly means, the newest first, null for an hour without one; null if too few are there",
  reject: 'nothing: the record becomes a dead letter, reason `bad-value`, with this message; in `where` and `derive`',
  time_ms: 'epoch ms of a time as records write it: ISO 8601 text, seconds or milliseconds',
  month_of: 'the UTC month of such a time, `2026-01`: a bucket for partitions that would grow with time',
  bucket_of: 'a number from 0 to below the second argument that values of equal text share (Kafka’s murmur2)',
  counts_of:
    "`counts_of(mistakes, 'word', 'attempts')`: a map from the text in one field of each item to the sum of the whole numbers in another",
};

/**
 * What a definition may hold, in Markdown: every property, aggregate and function, made from what the validator and the
 * compiler use.
 */
export function pipelineReference(): string {
  return [
    '### Properties',
    '`[]` stands for each element of a list, `(tumbling)` for a mapping with `kind: tumbling`, `(redis)` for one with `table: redis`. What is required is so where the mapping around it is given.',
    'Durations: `250ms`, `10s`, `5m`, `1h`, `7d`, ISO 8601 (`PT1H`). CEL: expressions of the Common Expression Language.',
    propertyTable(),
    '### Aggregates',
    'They ignore records in which an argument is missing or null. Constants are written out in the call.',
    aggregateTable(builtInAggregates),
    '### Aggregates that learn',
    `They count on the order of records: the window must be of kind ${ONE_PANE.join(', ')}. What they do is in [model](systems/model.md).`,
    aggregateTable(learningAggregates),
    '### Functions of expressions',
    `Beyond [CEL's own](https://github.com/google/cel-spec/blob/master/doc/langdef.md) (${standardFunctions()}):`,
    functionTable(),
  ].join('\n\n');
}

function propertyTable(): string {
  const rows = schemaRows(pipelineJsonSchema());
  const cells = rows.map((row) => [`\`${row.path}\``, row.takes, presence(row), row.description]);
  return table(['property', 'takes', 'default', 'what it is'], cells);
}

function presence({ isRequired, default: given }: SchemaRow): string {
  if (isRequired) return 'required';
  return given === '' ? '' : `\`${given}\``;
}

function aggregateTable(definitions: readonly AggregateDefinition[]): string {
  const rows = aggregateReference(definitions).map(({ signature, parameters, result, guarantee, space }) => {
    const takes = parameters.map((parameter) => `${parameter.name}: ${parameter.takes}`).join('; ');
    return [`\`${signature}\``, takes, result, guarantee, space];
  });
  return table(['call', 'takes', 'result', 'guarantee', 'space'], rows);
}

function functionTable(): string {
  const signatures = Map.groupBy(builtInFunctions, ({ name }) => name);
  const rows = [...signatures].map(([name, definitions]) => {
    const texts = definitions.map(({ parameters, result }) => `\`${name}(${parameters.join(', ')}): ${result}\``);
    return [texts.join(', '), FUNCTIONS[name] ?? ''];
  });
  return table(['function', 'gives'], rows);
}

function standardFunctions(): string {
  const own = new Set(builtInFunctions.map(({ name }) => name));
  return STANDARD_LANGUAGE.functionNames
    .filter((name) => !own.has(name))
    .map((name) => `\`${name}\``)
    .join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
