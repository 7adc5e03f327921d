import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { metricsIn } from '../../../scripts/observability/panels.mjs';
import { allMetricNames } from '../../../src/metrics/metrics-page';

const FOLDER = join(__dirname, '..', '..', '..', 'observability');

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface TestFile {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

function read<T>(part: string): T[] {
  return readdirSync(join(FOLDER, part)).map((file) => parse(readFileSync(join(FOLDER, part, file), 'utf8')) as T);
}

describe('observability/rules', () => {
  const rules = read<RuleFile>('rules').flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  const names = [...new Set(alerts.map(({ alert }) => alert!))].sort();

  it('use metrics that there are', () => {
    const known = new Set([...allMetricNames(), ...rules.flatMap(({ record }) => record ?? [])]);
    expect(rules.flatMap(({ expr }) => metricsIn(expr)).filter((name) => !known.has(name))).toEqual([]);
  });

  it('have the alerts that runbooks are written for', () => {
    expect(names).toEqual(
      [
        ...['MillraceCheckpointTooOld', 'MillraceDeadLetters', 'MillraceDown', 'MillraceFeedSilent'],
        ...['MillraceFencedStorm', 'MillraceLagGrowing', 'MillraceLateRecords', 'MillracePartitionsUnowned'],
        ...['MillraceSinkFailing', 'MillraceStateNearBound', 'MillraceTaskFailed', 'MillraceTasksPaused'],
        'MillraceWatermarkStalled',
      ].sort(),
    );
  });

  it.each(alerts.map((rule) => [rule.alert!, rule] as const))(
    '%s says how bad it is, what it is about, and where to read on',
    (alert, { labels, annotations }) => {
      expect(['warning', 'critical']).toContain(labels?.['severity']);
      expect(annotations?.['summary']).toMatch(/\w/);
      expect(annotations?.['runbook_url']).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    },
  );

  it.each(names)('%s has tests of promtool, one in which it fires and one in which it does not', (name) => {
    const cases = read<TestFile>('tests').flatMap(({ tests }) => tests.flatMap((test) => test.alert_rule_test));
    const expected = cases.filter(({ alertname }) => alertname === name).map(({ exp_alerts }) => exp_alerts.length);
    expect(expected.some((count) => count > 0)).toBe(true);
    expect(expected).toContain(0);
  });
});
