import { isDeepStrictEqual } from 'node:util';
import type { Answer, AnswerRow, Case } from './case';

/** A line for each row and record in which the two disagree; none when they agree. */
export function differences(kafkaStreams: Answer, millrace: Answer): string[] {
  return [...rowDifferences(kafkaStreams, millrace), ...lateDifferences(kafkaStreams, millrace)];
}

function rowDifferences(kafkaStreams: Answer, millrace: Answer): string[] {
  const theirs = byPlace(kafkaStreams);
  const ours = byPlace(millrace);
  const lines: string[] = [];
  for (const place of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [their, our] = [theirs.get(place), ours.get(place)];
    if (isDeepStrictEqual(their?.values, our?.values)) continue;
    lines.push(`${place}: Kafka Streams has ${valuesOf(their)}, Millrace has ${valuesOf(our)}`);
  }
  return lines;
}

function lateDifferences(kafkaStreams: Answer, millrace: Answer): string[] {
  const theirs = new Set(kafkaStreams.late);
  const ours = new Set(millrace.late);
  return [
    ...kafkaStreams.late.filter((i) => !ours.has(i)).map((i) => `reading ${i}: late in Kafka Streams alone`),
    ...millrace.late.filter((i) => !theirs.has(i)).map((i) => `reading ${i}: late in Millrace alone`),
  ];
}

function byPlace({ rows }: Answer): Map<string, AnswerRow> {
  const table = new Map(rows.map((row) => [`${row.key} [${row.startMs}, ${row.endMs}]`, row]));
  if (table.size < rows.length) throw new Error(`A table has two rows in one place: ${JSON.stringify(rows)}`);
  return table;
}

function valuesOf(row: AnswerRow | undefined): string {
  return row ? JSON.stringify(row.values) : 'no such row';
}

/** A case as it is kept in `cases/`: a line for each reading. */
export function caseText({ window, emit, readings }: Case): string {
  const lines = readings.map((reading) => `    ${JSON.stringify(reading)}`).join(',\n');
  return `{\n  "window": ${JSON.stringify(window)},\n  "emit": "${emit}",\n  "readings": [\n${lines}\n  ]\n}`;
}
