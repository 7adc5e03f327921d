import { parse } from 'yaml';

import { shortRules } from '../../support/short-rules';

const RULES = `groups:
  - name: g
    rules:
      - record: pipeline:millrace_lag_seconds:p99_5m
        expr: max(rate(x_bucket[5m]))
      - alert: Slow
        expr: pipeline:millrace_lag_seconds:p99_5m - pipeline:millrace_lag_seconds:p99_5m offset 10m > 570
        for: 1h
      - alert: Behind
        expr: lag_records > 1000 and deriv(lag_records[10m]) >= 0
        for: 90s
`;

describe('rules with shortened times', () => {
  it('keep their names and counts, and have all times divided', () => {
    const short = parse(shortRules(RULES, (alert) => (alert === 'Behind' ? 10 : 60))) as object;
    expect(short).toEqual({
      groups: [
        {
          name: 'g',
          rules: [
            { record: 'pipeline:millrace_lag_seconds:p99_5m', expr: 'max(rate(x_bucket[5000ms]))' },
            {
              alert: 'Slow',
              expr: 'pipeline:millrace_lag_seconds:p99_5m - pipeline:millrace_lag_seconds:p99_5m offset 10000ms > 9.5',
              for: '60000ms',
            },
            { alert: 'Behind', expr: 'lag_records > 1000 and deriv(lag_records[60000ms]) >= 0', for: '9000ms' },
          ],
        },
      ],
    });
  });
});
