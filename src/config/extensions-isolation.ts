import { ConfigError } from '../core/errors';

/**
 * Where code of extensions runs. `sandbox`: in an engine of its own, which has nothing of this process. `process`: in this
 * process, with all that it may do.
 */
export const ISOLATIONS = ['sandbox', 'process'] as const;
export type Isolation = (typeof ISOLATIONS)[number];
export const DEFAULT_ISOLATION: Isolation = 'sandbox';

const SETTING = 'MILLRACE_EXTENSIONS_ISOLATION';

/** For commands, which read files without the settings of servers. Throws ConfigError for another word. */
export function isolationOf(environment: Readonly<Record<string, string | undefined>>): Isolation {
  const given = environment[SETTING] ?? DEFAULT_ISOLATION;
  const isolation = ISOLATIONS.find((known) => known === given);
  if (isolation) return isolation;
  throw new ConfigError(`${SETTING}: "${given}" was given; it must be one of ${ISOLATIONS.join(', ')}`);
}
