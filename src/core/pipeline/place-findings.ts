import { type Finding, type Path, valueAt } from './finding';

/** Windows of which a row is one pane, so that each record's effect on the row is known when it comes. */
const MOVABLE = ['tumbling', 'calendar', 'global'];

/** Rows that change need their revision as the time of their cells. */
export function checkWriteTime(document: unknown, i: number): Finding[] {
  const path = ['spec', 'sinks', i, 'cassandra', 'writeTime'];
  if (valueAt(document, path) !== 'event-time' || valueAt(document, ['spec', 'window']) === undefined) return [];
  return [{ path, message: 'event-time is for pipelines without windows: rows that change are ordered by revision' }];
}

/** What keeps the rows of one sink from having `moving` columns. */
export function checkMoving(document: unknown, i: number): Finding[] {
  const path = ['spec', 'sinks', i, 'cassandra', 'moving'];
  const moving = valueAt(document, path);
  if (!Array.isArray(moving)) return [];
  const columns = Object.keys(Object(valueAt(document, ['spec', 'sinks', i, 'cassandra', 'columns'])) as object);
  const kind = valueAt(document, ['spec', 'window', 'kind']);
  const unmapped = moving.flatMap((name: unknown, at): Finding[] =>
    columns.includes(String(name)) ? [] : [{ path: [...path, at], message: `no column "${String(name)}" is mapped` }],
  );
  if (valueAt(document, ['spec', 'window']) === undefined) {
    return [...unmapped, { path, message: 'has no meaning for a pipeline without windows: its rows do not change' }];
  }
  if (typeof kind !== 'string' || MOVABLE.includes(kind))
    return [...unmapped, ...checkEvery(document), ...checkPartials(document, path)];
  const message = `has no meaning for ${kind} windows: rows move in tumbling, calendar and global windows only`;
  return [...unmapped, { path, message }];
}

/** A partial takes the place of an earlier one: what single records do to a row is then not known. */
function checkPartials(document: unknown, path: Path): Finding[] {
  if (valueAt(document, ['spec', 'repartition', 'preAggregate']) !== true) return [];
  return [{ path, message: 'has no meaning with repartition.preAggregate: the task must see each record' }];
}

/** A place is left at once: rows must not wait to take the next. */
function checkEvery(document: unknown): Finding[] {
  const every = valueAt(document, ['spec', 'emit', 'every']);
  if (every === undefined || (typeof every === 'string' && /^0[a-z]*$/.test(every))) return [];
  const message = 'must be 0s for a sink with moving columns: a row would be in no place until it is emitted';
  return [{ path: ['spec', 'emit', 'every'], message }];
}
