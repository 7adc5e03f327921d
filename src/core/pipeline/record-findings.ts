import { mentionsIn } from './cel-names';
import { checkExpression } from './expression-fault';
import type { Finding, Path } from './finding';
import type { Language } from './language';

/** What is wrong with an expression over a record, wherever it stands. */
export function checkRecordExpression(path: Path, text: string, language: Language): Finding[] {
  const checked = checkExpression(text, language);
  return 'fault' in checked ? [faultAt(path, checked.fault)] : [];
}

/** An expression, and how the steps are called whose order matters: `step` runs before `later`. */
interface Step {
  readonly path: Path;
  readonly text: string;
  readonly step: string;
  readonly later: string;
}

/** Mentions of fields that only a later step makes. The expression must be right otherwise. */
export function notThereYet(
  { path, text, step, later }: Step,
  derived: readonly [string, string][],
  language: Language,
): Finding[] {
  const checked = checkExpression(text, language);
  if ('fault' in checked) return [];
  const fresh = derived.filter(([name, expression]) => !isNamedIn(name, expression, language)).map(([name]) => name);
  return mentionsIn(checked.expression.ast)
    .filter(({ name }) => fresh.includes(name))
    .map(({ name, start }) => ({
      path,
      message: `${step} runs before ${later}, so "${name}" is not there yet`,
      offset: start,
    }));
}

/** `derive: { pm25: pm25 * 2 }` changes a field that the record has already. */
function isNamedIn(name: string, text: string, language: Language): boolean {
  const checked = checkExpression(text, language);
  return 'expression' in checked && mentionsIn(checked.expression.ast).some((mention) => mention.name === name);
}

export function faultAt(path: Path, fault: { message: string; start?: number }, base = 0): Finding {
  return { path, message: fault.message, ...(fault.start !== undefined && { offset: base + fault.start }) };
}
