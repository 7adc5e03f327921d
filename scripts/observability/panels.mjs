import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Grafana puts in place of its variables: everything is chosen, a rate is of 20 s. */
const VALUES = { __rate_interval: '20s', namespace: '.*', pipeline: '.+', feed: '.+' };

/** Every query of the dashboards in a folder, as Prometheus is asked it. */
export function panelQueries(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => queriesOf(JSON.parse(readFileSync(join(folder, file), 'utf8'))));
}

function queriesOf({ title: dashboard, panels }) {
  return panels.flatMap(({ title, targets = [], fieldConfig }) =>
    targets.map(({ expr, legendFormat }) => ({
      ...{ dashboard, panel: title, legend: legendFormat, unit: fieldConfig.defaults.unit },
      expr: expr.replaceAll(/\$(\w+)/g, (_, name) => valueOf(name, title)),
    })),
  );
}

function valueOf(name, panel) {
  const value = VALUES[name];
  if (value === undefined) throw new Error(`Panel "${panel}" uses $${name}, which this check has no value for`);
  return value;
}

/** Names in an expression that stand for a metric of ours, or of the process. */
export function metricsIn(expr) {
  const names = expr.replaceAll(/"[^"]*"/g, '').match(/[a-zA-Z_:][\w:]*/g) ?? [];
  return names.filter((name) => /^(millrace_|process_|nodejs_)|:millrace_/.test(name));
}
