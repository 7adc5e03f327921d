import type { z } from 'zod';
import { definitionMessage } from './definition-messages';
import { type Finding, type Path, pathText, valueAt } from './finding';
import { nearest } from './nearest';

type Issue = z.core.$ZodIssue;

export type SchemaResult<Definition> = { readonly definition: Definition } | { readonly findings: readonly Finding[] };

/** Checks a document against the schema of its kind. */
export function checkSchema<Definition>(document: unknown, schema: z.ZodType<Definition>): SchemaResult<Definition> {
  const result = schema.safeParse(document, { error: definitionMessage });
  if (result.success) return { definition: result.data };
  const findings = result.error.issues.flatMap((issue) => findingsOf(issue, []));
  return { findings: findings.filter((finding) => !isMisspelt(finding.path, findings, document)) };
}

/** Whether a property is missing only because its name was misspelt: one mistake is one problem, at its own place. */
function isMisspelt(missing: Path, findings: readonly Finding[], document: unknown): boolean {
  if (valueAt(document, missing) !== undefined) return false;
  const [parent, name] = [pathText(missing.slice(0, -1)), String(missing.at(-1))];
  return findings.some(
    ({ path, at }) =>
      at === 'name' && pathText(path.slice(0, -1)) === parent && nearest(String(path.at(-1)), [name]) !== undefined,
  );
}

function findingsOf(issue: Issue, base: Path): Finding[] {
  const path: Path = [...base, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') return unknownProperties(issue, path);
  if (issue.code === 'invalid_key') {
    return [{ path, message: issue.issues[0]?.message ?? issue.message, at: 'name' }];
  }
  const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  if (branch) return branch.flatMap((inner) => findingsOf(inner, path));
  return [{ path, message: issue.message }];
}

/** The schema gives one line of message for each unknown name. */
function unknownProperties(issue: Issue & { code: 'unrecognized_keys' }, path: Path): Finding[] {
  const messages = issue.message.split('\n');
  return issue.keys.map((name, i) => ({ path: [...path, name], message: messages[i] ?? issue.message, at: 'name' }));
}

/** The branch of a union that the value was meant for: the only one whose outer shape fits, perhaps with names too many. */
function meantBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const isInside = ({ path }: Issue): boolean => path.length > 0;
  const fitting = branches.filter((issues) => issues.every(isInside));
  if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : undefined;
  const near = branches.filter((issues) =>
    issues.every((issue) => isInside(issue) || issue.code === 'unrecognized_keys'),
  );
  return near.length === 1 ? near[0] : undefined;
}
