import type { Mention } from './cel-names';
import type { Finding, Path } from './finding';
import type { Language } from './language';
import { ROW_VARIABLES, WINDOW_FIELDS } from './names';
import { suggestion } from './nearest';

/** What column expressions can name in one document. */
export interface RowNames {
  readonly aggregates: readonly string[];
  readonly keyFields: readonly string[];
  readonly language: Language;
  /** `none` for a stateless pipeline; `undefined` while the document does not say. */
  readonly windowKind: string | undefined;
}

/** What is wrong with one name of an expression over rows. */
export function checkMention({ name, field, start, fieldStart }: Mention, path: Path, names: RowNames): Finding[] {
  const isBound = name === 'key' || name === 'window';
  if (names.windowKind === 'none') {
    const message = `a pipeline without windows has no ${name}; columns see the fields of the record`;
    return isBound ? [{ path, message, offset: start }] : [];
  }
  const known = name === 'key' ? names.keyFields : windowFieldsOf(names);
  if (!isBound) {
    if (names.aggregates.includes(name) || (ROW_VARIABLES as readonly string[]).includes(name)) return [];
    return [{ path, message: unknownName(name, names), offset: start }];
  }
  if (field === undefined) {
    const example = known[0] === undefined ? '' : `, such as ${name}.${known[0]}`;
    return [{ path, message: `name a field of ${name}${example}`, offset: start }];
  }
  if (known.includes(field)) return [];
  return [{ path, message: `${name} has no field "${field}"${suggestion(field, known)}`, offset: fieldStart }];
}

function windowFieldsOf({ windowKind }: RowNames): readonly string[] {
  return windowKind === 'count' ? WINDOW_FIELDS : WINDOW_FIELDS.filter((field) => field !== 'index');
}

function unknownName(name: string, { aggregates, keyFields }: RowNames): string {
  if (keyFields.includes(name)) return `unknown aggregate "${name}"; did you mean "key.${name}"?`;
  return `unknown aggregate "${name}"${suggestion(name, [...aggregates, ...ROW_VARIABLES])}`;
}
