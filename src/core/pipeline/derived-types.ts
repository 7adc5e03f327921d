import { checkExpression } from './expression-fault';
import type { Language } from './language';

/** Types of which no value can be taken for a number. */
const NEVER_NUMBERS = ['string', 'bool'];

/**
 * The language as aggregates see it: derived fields that are always text or always true or false are known as such, so that
 * `derive: { band: aqi_band(pm25) }` with `avg(band)` is found wrong before a record comes. Other fields may be anything.
 */
export function withDerivedTypes(derived: readonly (readonly [string, string])[], language: Language): Language {
  const known = derived.flatMap(([name, text]) => {
    const checked = checkExpression(text, language);
    return 'type' in checked && NEVER_NUMBERS.includes(checked.type) ? [[name, checked.type] as const] : [];
  });
  if (known.length === 0) return language;
  const cel = language.cel.clone();
  for (const [name, type] of known) cel.registerVariable(name, type);
  return { ...language, cel };
}
