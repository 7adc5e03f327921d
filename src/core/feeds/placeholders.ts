import type { Finding, Path } from '../pipeline/finding';

/** Texts by name, as the environment of a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PLACEHOLDER = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;

export interface Filled {
  readonly value: unknown;
  /** Names that have neither a value nor a default. */
  readonly findings: readonly Finding[];
}

/**
 * Puts values of the environment in place of `${NAME}` and `${NAME:-default}` in every text of a document. An empty value
 * counts as none, as in a shell. A text that is one placeholder and becomes `true` or `false` is that boolean.
 */
export function fillPlaceholders(document: unknown, environment: Environment): Filled {
  const findings: Finding[] = [];
  const fill = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return filledText(value, path, environment, findings);
    if (Array.isArray(value)) return value.map((part, i) => fill(part, [...path, i]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, [...path, name])]));
  };
  return { value: fill(document, []), findings };
}

function filledText(text: string, path: Path, environment: Environment, findings: Finding[]): string | boolean {
  if (!text.includes('${')) return text;
  const filled = text.replace(PLACEHOLDER, (_, name: string, fallback: string | undefined) => {
    const given = environment[name] || fallback;
    if (given !== undefined) return given;
    findings.push({ path, message: `${name} is not set; set it in the environment or write \${${name}:-a default}` });
    return '';
  });
  const isWhole = /^\$\{[^{}]*\}$/.test(text);
  return isWhole && (filled === 'true' || filled === 'false') ? filled === 'true' : filled;
}
