import type { Row } from '../../../src/core/row/row';
import type { ExampleRun, RunEvent } from './example-run';

const HEAD = ['after', 'sensor', 'window', 'records', 'row', 'revision'];
const DAY_MS = 86_400_000;

/** What an example gives, as the page shows it: a line for each row and each late record, in their order. */
export function rowsText({ events }: ExampleRun): string {
  const days = new Set(events.flatMap(({ row }) => (row?.window ? [Math.floor(row.window.startMs / DAY_MS)] : [])));
  const lines = [HEAD, ...events.map((event) => cellsOf(event, days.size > 1))];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function cellsOf({ after, row, late }: RunEvent, withDate: boolean): string[] {
  if (late) return [after, late.sensor, '-', '-', `late by ${durationText(late.latenessMs)}`, '-'];
  const { key, revision } = row!;
  return [
    after,
    String(key['sensor']),
    windowText(row!, withDate),
    recordsOf(row!).join(' ') || '-',
    kindOf(row!),
    `${revision}`,
  ];
}

/** The numbers of the records in a row, by event time. */
export function recordsOf({ values }: Row): readonly number[] {
  return (values?.['records'] ?? []) as number[];
}

function kindOf({ values, final, closeReason }: Row): string {
  if (!values) return 'deleted';
  return final ? `final, ${closeReason}` : 'update';
}

function windowText({ window }: Row, withDate: boolean): string {
  if (!window) return '-';
  const { startMs, endMs, index } = window;
  const bounds = [startMs, endMs].map((ms) => timeText(ms, withDate)).join(' - ');
  return index === undefined ? bounds : `#${index} ${bounds}`;
}

/** `10:05`, with seconds and milliseconds where there are any. */
export function timeText(ms: number, withDate = false): string {
  const [date, time] = new Date(ms).toISOString().slice(0, -1).split('T') as [string, string];
  const short = time.replace(/\.000$/, '').replace(/^(\d\d:\d\d):00$/, '$1');
  return withDate ? `${date.slice(5)} ${short}` : short;
}

const UNITS = [
  ['d', DAY_MS],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** `5m30s`, as definitions write it. */
function durationText(ms: number): string {
  let rest = ms;
  let written = '';
  for (const [unit, unitMs] of UNITS) {
    if (rest >= unitMs) written += `${Math.floor(rest / unitMs)}${unit}`;
    rest %= unitMs;
  }
  return rest > 0 || written === '' ? `${written}${rest / 1_000}s` : written;
}
