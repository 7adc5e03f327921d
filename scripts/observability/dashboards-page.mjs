const MOST_SERIES = 5;
/** Of units that Grafana knows by a name. */
const SUFFIXES = { celsius: '°C', currencyUSD: 'USD', percent: '%' };

const BEGINNING = `# Dashboards

<!-- Made by \`npm run observability:check -- --write\`. -->

What each panel of each dashboard showed: a real Prometheus had scraped the service of \`npm start\` for about a minute.
\`npm run observability:check\` asks the same queries, and fails for one that gives nothing. Of a panel with many series the greatest ${MOST_SERIES} are
here. How the dashboards get into Grafana: [observability](observability.md#grafana).
`;

/** What panels showed, as tables. `panels` are answers of `askPanels`. */
export function dashboardsPage(panels) {
  const dashboards = Map.groupBy(panels, ({ dashboard }) => dashboard);
  return [BEGINNING, ...[...dashboards].map(([title, answers]) => section(title, answers))].join('\n');
}

function section(title, answers) {
  const lines = answers.map(({ panel, unit, ...answer }) => `| ${panel} | ${values(answer, unit)} |`);
  return `## ${title}\n\n| panel | showed |\n| --- | --- |\n${lines.join('\n')}\n`;
}

function values({ series, legend }, unit) {
  const shown = series
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => b.value - a.value)
    .map(({ labels, value }) => `${nameOf(labels, legend)} ${inUnit(value, unit)}`.trim());
  const more = shown.length - MOST_SERIES;
  return shown.slice(0, MOST_SERIES).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function nameOf(labels, legend) {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '').trim();
}

function inUnit(value, unit) {
  if (unit === 'dateTimeAsIso' || unit === 'dateTimeFromNow') return new Date(value).toISOString();
  if (unit === 'percentunit') return `${rounded(value * 100)} %`;
  if (unit === 's') return `${rounded(value)} s`;
  if (unit === 'bytes') return `${rounded(value / 2 ** 20)} MiB`;
  const suffix = SUFFIXES[unit] ?? (unit.startsWith('suffix: ') ? unit.slice('suffix: '.length) : '');
  return `${rounded(value)} ${suffix}`.trim();
}

const rounded = (value) => Number(value.toPrecision(3)).toLocaleString('en');
