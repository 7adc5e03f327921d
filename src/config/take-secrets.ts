import type { Environment } from './setting-sources';
import { isSecret, settingNames } from './settings';

/**
 * Takes the secrets of the settings out of an environment, so that code that is loaded later does not find them there.
 * Returns the environment as it was.
 */
export function takeSecrets(environment: Record<string, string | undefined>): Environment {
  const before = { ...environment };
  for (const name of settingNames.filter(isSecret)) delete environment[name];
  return before;
}
