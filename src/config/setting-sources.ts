import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { messageOf } from '../core/errors';
import { suggestion } from '../core/pipeline/nearest';
import { settingNames } from './settings';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The text of each setting that was given, and what was wrong with the places they came from. */
export interface GivenSettings {
  readonly texts: Readonly<Record<string, string>>;
  /** Of those that came from a file of their own: its path. */
  readonly paths: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

/** The environment wins over the file of `MILLRACE_CONFIG`; `<NAME>_FILE` names a file that holds the text of `<NAME>`. */
export function gatherSettings(environment: Environment): GivenSettings {
  const problems: string[] = [];
  const texts: Record<string, string> = {};
  const paths: Record<string, string> = {};
  const filePath = environment['MILLRACE_CONFIG'];
  if (filePath) collectFromNames(configFile(filePath, problems), { texts, paths, problems });
  collectFromNames(environment, { texts, paths, problems });
  return { texts, paths, problems };
}

interface Collected {
  readonly texts: Record<string, string>;
  readonly paths: Record<string, string>;
  readonly problems: string[];
}

function collectFromNames(given: Environment, into: Collected): void {
  for (const name of settingNames) {
    const own = given[name];
    const path = given[`${name}_FILE`];
    if (own) {
      into.texts[name] = own;
      delete into.paths[name];
    } else if (path) readInto(name, path, into);
  }
}

function readInto(name: string, path: string, { texts, paths, problems }: Collected): void {
  try {
    texts[name] = readFileSync(path, 'utf8').trimEnd();
    paths[name] = path;
  } catch (thrown) {
    problems.push(`${name}_FILE: cannot read ${path}: ${messageOf(thrown)}`);
  }
}

function configFile(path: string, problems: string[]): Environment {
  try {
    const flat: Record<string, string> = {};
    flatten('MILLRACE', parseYaml(readFileSync(path, 'utf8')) ?? {}, flat);
    for (const name of Object.keys(flat).filter((candidate) => !isKnown(candidate))) {
      problems.push(`${path}: no setting is called ${name}${suggestion(name, settingNames)}`);
    }
    return flat;
  } catch (thrown) {
    problems.push(`MILLRACE_CONFIG: cannot read ${path}: ${messageOf(thrown)}`);
    return {};
  }
}

function isKnown(name: string): boolean {
  return settingNames.some((known) => name === known || name === `${known}_FILE`);
}

/** `kafka: { saslUsername: me }` and `MILLRACE_KAFKA_SASL_USERNAME: me` are the same setting. */
function flatten(prefix: string, value: unknown, into: Record<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) into[prefix] = value.join(',');
  else if (typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      const snake = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
      flatten(snake.startsWith('MILLRACE_') ? snake : `${prefix}_${snake}`, inner, into);
    }
  } else if (typeof value === 'string') into[prefix] = value;
  else into[prefix] = JSON.stringify(value);
}
