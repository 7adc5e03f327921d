import type { BoardParameters } from './boards.service';
import { badParameter } from './problem-details';

/** Throws a 400 for a parameter that is not among `known`, or is given twice. */
export function boardParameters(
  query: Readonly<Record<string, unknown>>,
  known: readonly (keyof BoardParameters)[],
): BoardParameters {
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name as keyof BoardParameters))
      throw badParameter(name, `It is not known here. Known ones: ${known.join(', ')}.`);
    if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
  }
  return query;
}
