import type {
  ColumnContext,
  ColumnExpression,
  CompiledPipeline,
  CompiledSink,
} from '../../src/core/pipeline/compiled-pipeline';
import type { JsonValue } from '../../src/core/json';
import type { Row } from '../../src/core/row/row';
import { localDate } from '../../src/core/time/zone';
import { CalendarWindowAssigner } from '../../src/core/windows/calendar-window';
import type { Window } from '../../src/core/windows/window';

export const ZONE = 'Asia/Shanghai';
const days = new CalendarWindowAssigner('day', ZONE);

export function expression(
  text: string,
  evaluate: (row: ColumnContext) => JsonValue,
  identifiesRow = true,
): ColumnExpression {
  return { text, identifiesRow, evaluate };
}

export function windowOf(row: ColumnContext): Window {
  if (!row.window) throw new Error('rows of this fixture have windows');
  return row.window;
}

function dateText(row: ColumnContext): string {
  const { year, month, day } = localDate(windowOf(row).startMs, windowOf(row).zone);
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
}

export function aggregate(name: string): ColumnExpression {
  return expression(name, (row) => row.values?.[name] ?? null, false);
}

/** Columns as in the shipped pipeline: partition (location, year), clustered by date. */
export const DAILY_COLUMNS = {
  location: expression('key.location', (row) => row.key['location'] ?? null),
  year: expression('window.year', (row) => localDate(windowOf(row).startMs, windowOf(row).zone).year),
  date: expression('window.date', dateText),
  average: aggregate('average'),
  readings: aggregate('readings'),
  band: aggregate('band'),
};

export type CassandraPlan = Extract<CompiledSink, { kind: 'cassandra' }>;

export function dailyPlan(keyspace: string, table = 'daily'): CassandraPlan {
  return { kind: 'cassandra', keyspace, table, columns: DAILY_COLUMNS };
}

/** CQL of the table that fits {@link dailyPlan}. */
export function dailyTable(keyspace: string, table = 'daily'): string {
  return (
    `CREATE TABLE ${keyspace}.${table} (location text, year int, date date, average double, readings bigint, ` +
    'band text, PRIMARY KEY ((location, year), date)) WITH CLUSTERING ORDER BY (date DESC)'
  );
}

/** Only what sinks and readers look at. */
export function dailyPipeline(name: string, sink: CassandraPlan = dailyPlan('unused')): CompiledPipeline {
  return {
    name,
    keyNames: ['location'],
    definition: { spec: { window: { kind: 'calendar', unit: 'day', zone: ZONE } } },
    windows: days,
    aggregates: ['average', 'readings', 'band'].map((aggregateName) => ({
      name: aggregateName,
      aggregator: { init: () => undefined, result: () => null },
    })),
    sinks: [sink],
  } as unknown as CompiledPipeline;
}

export interface RowVersion {
  readonly location: string;
  readonly window?: Window;
  readonly values?: Row['values'];
  readonly revision: bigint;
}

export const FIRST_DAY = dayWindow(Date.UTC(2013, 0, 1));

export function dayWindow(eventTimeMs: number): Window {
  const [window] = days.assign(eventTimeMs);
  if (!window) throw new Error('every instant is in a day');
  return window;
}

/** The windows of so many days, from the first on. */
export function consecutiveDays(count: number, first = FIRST_DAY): readonly Window[] {
  const windows = [first];
  while (windows.length < count) windows.push(dayWindow(windows.at(-1)?.endMs ?? 0));
  return windows;
}

export function dailyRow(pipeline: string, { location, window = FIRST_DAY, values, revision }: RowVersion): Row {
  return {
    pipeline,
    key: { location },
    keyText: location,
    window,
    values,
    revision,
    final: revision % 2n === 1n,
  };
}

export function valuesOf(readings: number): NonNullable<Row['values']> {
  return { average: readings / 8, readings, band: `band ${readings}` };
}
