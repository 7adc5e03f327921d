const CALL = /^\s*(\w+)\((.*)\)\s*$/;

/** The aggregates of a pipeline view, with what the chart needs to know of each. */
export function measuresOf({ definition, description = '' }) {
  const unit = /, in ([^\s,]+?)\.?(?:,|$)/.exec(description)?.[1] ?? '';
  return Object.entries(definition.spec.aggregate ?? {}).map(([name, expression]) => {
    const [, call = '', argument = ''] = CALL.exec(expression) ?? [];
    return { name, expression, call, argument: argument.trim(), unit: call === 'count' ? '' : unit };
  });
}

const CALL_NAMES = { avg: 'Average', sum: 'Sum of', min: 'Least', max: 'Greatest' };

/** What an aggregate is, in words. */
export function titleOf({ call, argument, expression }) {
  if (call === 'count') return argument ? `Count of ${argument}` : 'Count of records';
  return CALL_NAMES[call] ? `${CALL_NAMES[call]} ${argument}` : expression;
}

/** The aggregates that hold the least and the greatest value of the same argument, if both are there. */
export function bandOf(measure, measures) {
  const find = (call) => measures.find((other) => other.call === call && other.argument === measure.argument);
  const [low, high] = [find('min'), find('max')];
  return measure.call === 'avg' && low && high ? { low: low.name, high: high.name } : undefined;
}

export const zoneOf = ({ definition }) => definition.spec.window?.zone ?? 'UTC';

/**
 * A query for the rows of the `spanMs` before the newest record, whenever that was: years of hours are more than a page has use
 * for, and they come oldest first. All rows while no record has come.
 */
export function latestQuery({ tasks = [] }, spanMs) {
  const newestMs = Math.max(...tasks.map(({ streamTime }) => streamTime?.ms ?? -Infinity));
  return Number.isFinite(newestMs) ? { from: String(Math.trunc(newestMs - spanMs)) } : {};
}

const [HALF_DAY_MS, DAY_MS] = [43_200_000, 86_400_000];

/**
 * Reads of an entry the moment that stands for its window, or is undefined where that is its start. Where each key has its
 * own zone, a day is told by its date: midnight of UTC stands for it, so that the days of all keys stand together.
 */
export function atOf(pipeline) {
  const { zone } = pipeline.definition.spec.window ?? {};
  if (!isDaily(pipeline) || zone !== undefined) return undefined;
  // Local midnight is less than half a day from that of UTC, but for a few islands.
  return ({ startMs }) => Math.floor((startMs + HALF_DAY_MS) / DAY_MS) * DAY_MS;
}

/** Where the clocks stand by which windows are told, in words. */
export function zoneText(pipeline) {
  return atOf(pipeline) ? 'each on its own clock' : zoneOf(pipeline);
}

export function isDaily({ definition }) {
  const { kind, unit } = definition.spec.window ?? {};
  return kind === 'calendar' && unit !== 'hour';
}

/** What one window is called, for one and for many. */
export function windowNames({ definition }) {
  const { kind, unit } = definition.spec.window ?? {};
  const one = kind === 'calendar' ? unit : kind === 'session' ? 'session' : 'window';
  return [one, `${one}s`];
}

export const isLive = ({ sinks }) => sinks.includes('live');

/** The pipelines that were not refused, by name. */
export function runningByName(pipelines) {
  return new Map(pipelines.filter(({ state }) => state !== 'refused').map((pipeline) => [pipeline.name, pipeline]));
}
