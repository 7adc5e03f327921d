import { readFileSync, realpathSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { ConfigError, messageOf } from '../core/errors';

/** What code in the sandbox can import besides files of its own folder. */
export const BUILT_IN = ['millrace', 'zod'];

export interface ModuleText {
  /** `unknown`: `.js` whose package says nothing, so that its text has to. */
  readonly kind: 'module' | 'commonjs' | 'json' | 'unknown';
  readonly text: string;
}

const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.json', '/index.js', '/index.ts'];
const KINDS: Readonly<Record<string, ModuleText['kind']>> = {
  ...{ '.mjs': 'module', '.mts': 'module', '.cjs': 'commonjs', '.cts': 'commonjs', '.json': 'json' },
};

/**
 * The files of a module of extensions, by paths from the module's own folder: its imports are read here, outside of the
 * sandbox, from that folder and those in it.
 */
export class ModuleFiles {
  /** The module itself. */
  readonly entry: string;
  private readonly folder: string;

  /** Throws Error for a file that is not there. */
  constructor(path: string) {
    const real = realpathSync(path);
    this.folder = dirname(real);
    this.entry = basename(real);
  }

  /** A built-in module, or the path of the file that `specifier` means in the file `from`. Throws ConfigError else. */
  resolve(specifier: string, from: string): string {
    if (BUILT_IN.includes(specifier)) return specifier;
    if (!/^\.\.?(\/|$)/.test(specifier)) throw new ConfigError(elsewhere(specifier, from));
    const wanted = resolve(this.folder, dirname(from), specifier);
    const found = [...ENDINGS.map((ending) => wanted + ending), ...inTypeScript(wanted)].find(isFile);
    if (found === undefined) throw new ConfigError(`${from} imports "${specifier}", which is not there`);
    const real = realpathSync(found);
    if (!real.startsWith(this.folder + sep)) {
      throw new ConfigError(
        `${from} imports "${specifier}", which is outside of the module's folder; ${remedyFor(specifier)}`,
      );
    }
    return relative(this.folder, real);
  }

  /** Throws ConfigError for TypeScript that is more than types, and for a file that cannot be read. */
  read(path: string): ModuleText {
    const full = join(this.folder, path);
    const text = readFileSync(full, 'utf8');
    const ending = extname(path);
    // TypeScript says `import` also where it is compiled to CommonJS.
    const kind = KINDS[ending] ?? (ending === '.ts' ? 'unknown' : kindByPackage(full));
    return { kind, text: /^\.[cm]?ts$/.test(ending) ? withoutTypes(text, path) : text };
  }
}

function elsewhere(specifier: string, from: string): string {
  return `${from} imports "${specifier}", which the sandbox does not have; ${remedyFor(specifier)}`;
}

function remedyFor(specifier: string): string {
  const trust = 'or, if you trust the module as you do the service, set MILLRACE_EXTENSIONS_ISOLATION=process';
  if (specifier.startsWith('node:') || nodeModule.builtinModules.includes(specifier)) {
    return `functions of extensions compute from the record alone: do without it, ${trust}`;
  }
  return `bundle it into the module (esbuild --bundle --external:millrace --external:zod), ${trust}`;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** `./heat.js` in TypeScript means `heat.ts` before it is compiled. */
function inTypeScript(path: string): string[] {
  return /\.[cm]?js$/.test(path) ? [path.replace(/js$/, 'ts')] : [];
}

/** As Node has it: what the nearest `package.json` says. */
function kindByPackage(path: string): ModuleText['kind'] {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (isFile(manifest)) {
      const { type } = JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown };
      return type === 'module' || type === 'commonjs' ? type : 'unknown';
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}

function withoutTypes(text: string, path: string): string {
  // Experimental in Node 24: it may say so on standard error, once.
  const strip = (nodeModule as Partial<typeof nodeModule>).stripTypeScriptTypes;
  if (!strip) throw new ConfigError(`${path} is TypeScript, which needs Node 22.13 or later; compile it to JavaScript`);
  try {
    return strip(text);
  } catch (thrown) {
    throw new ConfigError(`${path}: ${messageOf(thrown)}; compile it to JavaScript with tsc`);
  }
}
