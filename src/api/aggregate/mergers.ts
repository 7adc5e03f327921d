import type { JsonValue } from '../../core/json';
import { type AggregateCall, parseAggregateCall } from '../../core/pipeline/aggregate-call';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { Language } from '../../core/pipeline/language';
import type { Row } from '../../core/row/row';

/** Makes one value of those of rows in order of their windows; no row is there twice. */
type Merge = (rows: readonly Row[]) => JsonValue;

export interface Mergers {
  readonly of: ReadonlyMap<string, Merge>;
  /** Why the other aggregates have no value over several windows, by name. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * How results of windows become the result of all of them together, as if their records had been aggregated at once.
 * Results of closed windows are all that is left of them, so only aggregates whose results can be merged have a value.
 */
export function mergersOf(pipeline: CompiledPipeline, language: Language): Mergers {
  const calls = callsOf(pipeline, language);
  const of = new Map<string, Merge>();
  const refused: Record<string, string> = {};
  for (const [name, call] of calls) {
    const merge = mergerOf(name, call, calls, pipeline.definition.spec.where);
    if (typeof merge === 'string') refused[name] = merge;
    else of.set(name, merge);
  }
  return { of, refused };
}

type Calls = ReadonlyMap<string, AggregateCall>;

function callsOf({ definition }: CompiledPipeline, language: Language): Calls {
  return new Map(
    Object.entries(definition.spec.aggregate ?? {}).flatMap(([name, text]) => {
      const call = parseAggregateCall(text, language);
      return 'aggregator' in call ? [[name, call] as const] : [];
    }),
  );
}

function mergerOf(name: string, call: AggregateCall, calls: Calls, where: string | undefined): Merge | string {
  switch (call.definition.name) {
    case 'count':
    case 'sum':
      return (rows) => total(numbers(rows, name));
    case 'min':
      return (rows) => extreme(numbers(rows, name), Math.min);
    case 'max':
      return (rows) => extreme(numbers(rows, name), Math.max);
    case 'first':
      return (rows) => present(rows, name)[0] ?? null;
    case 'last':
      return (rows) => present(rows, name).at(-1) ?? null;
    case 'ohlc':
      return (rows) => mergedPrices(present(rows, name));
    case 'avg':
      return averageMerger(name, call, calls, where);
    default:
      return `results of ${call.definition.name} of several windows cannot be merged`;
  }
}

function averageMerger(name: string, call: AggregateCall, calls: Calls, where: string | undefined): Merge | string {
  const weight = weightOf(call.args[0]?.text ?? '', calls, where);
  if (weight === undefined) return `an average is merged by its count: add count(${call.args[0]?.text ?? 'x'})`;
  return (rows) => {
    const parts = rows.flatMap(({ values }) => {
      const [average, count] = [values?.[name], values?.[weight]];
      return typeof average === 'number' && typeof count === 'number' ? [{ average, count }] : [];
    });
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    return count === 0 ? null : total(parts.map((part) => part.average * part.count))! / count;
  };
}

/** The aggregate that counts what is averaged: `count(x)`, or `count()` where no record without `x` is accepted. */
function weightOf(argument: string, calls: Calls, where: string | undefined): string | undefined {
  const counts = [...calls].filter(([, { definition }]) => definition.name === 'count');
  const exact = counts.find(([, { args }]) => args[0]?.text.trim() === argument.trim());
  const isAlwaysThere = where !== undefined && !/\|\||\?/.test(where) && demands(where, argument);
  const all = isAlwaysThere ? counts.find(([, { args }]) => args.length === 0) : undefined;
  return (exact ?? all)?.[0];
}

function demands(where: string, argument: string): boolean {
  return where.split('&&').some((part) => part.replaceAll(/\s/g, '') === `${argument.trim()}!=null`);
}

function present(rows: readonly Row[], name: string): JsonValue[] {
  return rows.map(({ values }) => values?.[name] ?? null).filter((value) => value !== null);
}

function numbers(rows: readonly Row[], name: string): number[] {
  return present(rows, name).filter((value) => typeof value === 'number');
}

/** Compensated (Neumaier), as sums of records are. */
function total(values: readonly number[]): number | null {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return values.length === 0 ? null : sum + lost;
}

function extreme(values: readonly number[], choose: (...values: number[]) => number): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => choose(a, b));
}

function mergedPrices(values: readonly JsonValue[]): JsonValue {
  const prices = (values as readonly Readonly<Record<string, number | null>>[]).filter(({ open }) => open !== null);
  const of = (name: string): number[] => prices.map((price) => Number(price[name]));
  return {
    open: prices[0]?.['open'] ?? null,
    high: extreme(of('high'), Math.max),
    low: extreme(of('low'), Math.min),
    close: prices.at(-1)?.['close'] ?? null,
  };
}
