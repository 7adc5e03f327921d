import { createHash } from 'node:crypto';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ConfigError, messageOf } from '../core/errors';

/** What a key lets its holder do: see (GET), send records, change what runs. */
export const SCOPES = ['read', 'ingest', 'operate'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is let in: holders of keys, programs of this machine, or all. */
export const POLICIES = ['keys', 'local', 'none'] as const;
export type Policy = (typeof POLICIES)[number];

/** A key as it is kept: nobody can send it who reads this. */
export interface ApiKey {
  /** For the audit log. */
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

const SHORTEST = 16;

const entry = z
  .strictObject({
    name: z.string().regex(/^[\w.@-]{1,64}$/, 'use 1 to 64 letters, digits and . _ - @'),
    key: z
      .string()
      .regex(/^[!-~]+$/, 'use signs of ASCII without spaces')
      .min(SHORTEST)
      .optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'use 64 hexadecimal digits')
      .optional(),
    scopes: z.array(z.enum(SCOPES)).min(1),
  })
  .refine(({ key, sha256 }) => (key === undefined) !== (sha256 === undefined), 'give one of key and sha256');

const document = z.strictObject({ keys: z.array(entry).min(1) }).refine(({ keys }) => {
  return new Set(keys.map(({ name }) => name)).size === keys.length;
}, 'two keys have the same name');

const IS_DOCUMENT = /^(?:\s*(?:#.*)?\n)*\s*(?:---\s*\n\s*)?(?:keys\s*:|\{)/;

/**
 * Reads `keys:`, a list of `{name, key or sha256, scopes}` in YAML or JSON; or plain keys, one a line or separated by commas,
 * which may do everything. Throws ConfigError, which tells the place and never a key.
 */
export function parseApiKeys(text: string): readonly ApiKey[] {
  const keys = IS_DOCUMENT.test(text) ? listedKeys(text) : plainKeys(text);
  if (keys.length === 0) throw new ConfigError('there is no key in it');
  return keys;
}

function plainKeys(text: string): ApiKey[] {
  const lines = text.split('\n').filter((line) => !/^\s*#(?:\s|$)/.test(line));
  const keys = lines.flatMap((line) => line.split(/[\s,]+/)).filter(Boolean);
  return keys.map((key) => {
    const digest = digestOf(key);
    return { name: `sha256:${digest.toString('hex').slice(0, 8)}`, digest, scopes: new Set(SCOPES) };
  });
}

function listedKeys(text: string): ApiKey[] {
  const parsed = document.safeParse(valueOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${issue?.path.join('.') || 'the list'}: ${issue?.message ?? 'it is wrong'}`);
  }
  return parsed.data.keys.map(({ name, key, sha256 = '', scopes }) => ({
    name,
    digest: key === undefined ? Buffer.from(sha256, 'hex') : digestOf(key),
    scopes: new Set(scopes),
  }));
}

function valueOf(text: string): unknown {
  try {
    // Pretty errors quote the line, with its key.
    return parseYaml(text, { prettyErrors: false });
  } catch (thrown) {
    throw new ConfigError(`it is no YAML: ${messageOf(thrown)}`);
  }
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
