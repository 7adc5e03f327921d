import { parse, stringify } from 'yaml';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

interface RuleFile {
  readonly groups: { readonly rules: { readonly alert?: string; expr: string; for?: string }[] }[];
}

/**
 * A file of rules with all times divided by `factorOf` the alert (of no alert for a recording rule): windows, offsets,
 * how long it has to last, and bounds that are in seconds.
 */
export function shortRules(text: string, factorOf: (alert: string | undefined) => number): string {
  const file = parse(text) as RuleFile;
  for (const rule of file.groups.flatMap(({ rules }) => rules)) {
    const factor = factorOf(rule.alert);
    rule.expr = shortBounds(shortDurations(rule.expr, factor), factor);
    if (rule.for !== undefined) rule.for = shortDurations(rule.for, factor);
  }
  return stringify(file);
}

function shortDurations(text: string, factor: number): string {
  return text.replaceAll(/\b(\d+)([smh])\b/g, (_, count: string, unit: keyof typeof UNIT_MS) => {
    return `${Math.round((Number(count) * UNIT_MS[unit]) / factor)}ms`;
  });
}

/** Only of metrics in seconds. */
function shortBounds(expr: string, factor: number): string {
  if (!expr.includes('_seconds')) return expr;
  return expr.replaceAll(/> (\d+)/g, (_, bound: string) => `> ${Number(bound) / factor}`);
}
