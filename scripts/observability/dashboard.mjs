const GRID = 24;
const HEIGHT = 8;
const TAG = 'millrace';

/** Grafana fills in the data source; all namespaces by default, and where there is none. */
const DATASOURCE = { name: 'datasource', label: 'data source', type: 'datasource', query: 'prometheus' };
const NAMESPACE = choice('namespace', 'label_values(millrace_build_info, namespace)');

/** A variable with all its values chosen to begin with; `query` is in Grafana's words for Prometheus. */
export function choice(name, query, { single = false } = {}) {
  return {
    ...{ name, type: 'query', query: { query, refId: name }, definition: query },
    datasource: { type: 'prometheus', uid: '${datasource}' },
    ...{ refresh: 2, sort: 1, multi: !single, includeAll: !single, ...(!single && { allValue: '.*' }) },
    ...(!single && { current: { text: 'All', value: '$__all' } }),
  };
}

/**
 * The JSON of a dashboard. `sections` are rows of panels from left to right, each under a heading; a panel that does not
 * fit goes below.
 */
export function dashboard({ uid, title, about, variables = [], sections, from = 'now-1h' }) {
  return {
    uid,
    title,
    description: about,
    tags: [TAG],
    timezone: 'utc',
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: '30s',
    time: { from, to: 'now' },
    templating: { list: [DATASOURCE, NAMESPACE, ...variables] },
    links: [
      { title: 'Millrace', type: 'dashboards', tags: [TAG], asDropdown: true, includeVars: false, keepTime: true },
    ],
    annotations: { list: [alertsThatFire()] },
    panels: placed(sections),
  };
}

function alertsThatFire() {
  return {
    ...{ name: 'Alerts', enable: true, hide: false, iconColor: 'red' },
    datasource: { type: 'prometheus', uid: '${datasource}' },
    expr: 'ALERTS{alertname=~"Millrace.*",alertstate="firing"}',
    titleFormat: '{{alertname}}',
    textFormat: '{{pipeline}}{{feed}}{{instance}}',
  };
}

function placed(sections) {
  let id = 0;
  let y = 0;
  return sections.flatMap(({ heading, panels }) => {
    const row = { id: ++id, type: 'row', title: heading, collapsed: false, panels: [], gridPos: at(0, y++, GRID, 1) };
    let x = 0;
    const inRow = panels.map(({ width, json }) => {
      if (x + width > GRID) [x, y] = [0, y + HEIGHT];
      const gridPos = at(x, y, width, HEIGHT);
      x += width;
      return { id: ++id, gridPos, ...json };
    });
    y += HEIGHT;
    return [row, ...inRow];
  });
}

const at = (x, y, w, h) => ({ x, y, w, h });
