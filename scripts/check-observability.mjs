// Rules by promtool, then every panel of every dashboard on a real Prometheus that scrapes a real service with data in it.
// With --write, what the panels showed goes into docs/dashboards.md. The last line is `N passed, N failed`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from './build.mjs';
import { interruption } from './foreground.mjs';
import { at } from './project.mjs';
import { dashboardsPage } from './observability/dashboards-page.mjs';
import { startEmbedded } from './observability/embedded-service.mjs';
import { askPanels } from './observability/live-panels.mjs';
import { metricsIn, panelQueries } from './observability/panels.mjs';
import { prometheusProgram } from './observability/program.mjs';
import { PrometheusServer } from './observability/prometheus-server.mjs';
import { promtoolChecks } from './observability/promtool.mjs';
import { makeTrouble } from './observability/trouble.mjs';

const SCRAPE_MS = 1_000;
/** Long enough for rates of five minutes to be of something. */
const PICTURE_MS = 60_000;

const interrupt = interruption();
const program = await prometheusProgram({ log: console.log, signal: interrupt });
await build(interrupt);
const results = [...(await promtoolChecks(at('observability'))), ...unknownMetrics(), ...(await live())];
const failed = results.filter(({ problem }) => problem !== undefined);
for (const { name, problem } of failed) console.error(`${name}: ${problem}`);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** A name that nothing makes would leave its panel empty, or its alert silent, for ever. */
function unknownMetrics() {
  const known = knownMetrics();
  return panelQueries(at('observability', 'dashboards')).map(({ dashboard, panel, expr }) => {
    const unknown = metricsIn(expr).filter((name) => !known.has(name));
    const problem = unknown.length > 0 ? `no metric has the name ${unknown.join(', ')}` : undefined;
    return { name: `names in ${dashboard}, ${panel}`, problem };
  });
}

function knownMetrics() {
  const { allMetricNames } = createRequire(import.meta.url)(at('dist', 'metrics', 'metrics-page.js'));
  const rules = rulesTexts().join('\n');
  return new Set([...allMetricNames(), ...[...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name)]);
}

async function live() {
  const service = await startEmbedded();
  try {
    const server = await PrometheusServer.start({
      ...{ program, rules: rulesTexts(), everyMs: SCRAPE_MS },
      targets: { millrace: [service.address] },
    });
    try {
      await makeTrouble(service);
      const isWritten = process.argv.includes('--write');
      const options = { leastMs: isWritten ? PICTURE_MS : 0, signal: interrupt };
      const panels = await askPanels(server, panelQueries(at('observability', 'dashboards')), options);
      if (isWritten) writeFileSync(at('docs', 'dashboards.md'), dashboardsPage(panels));
      const broken = (await server.brokenRules()).map((problem) => ({ name: 'rules', problem }));
      return [
        ...panels.map(({ dashboard, panel, problem }) => ({ name: `${dashboard}, ${panel}`, problem })),
        ...broken,
      ];
    } finally {
      await server.stop();
    }
  } finally {
    await service.stop();
  }
}

function rulesTexts() {
  const folder = at('observability', 'rules');
  return readdirSync(folder).map((file) => readFileSync(at('observability', 'rules', file), 'utf8'));
}
