/**
 * Panels of Grafana dashboards. Each says what its colours mean by the thresholds of the alerts.
 *
 * @typedef {{ expr: string, legend?: string }} Query
 * @typedef {{ title: string, about: string, unit?: string, warn?: number, crit?: number, width?: number, min?: number,
 *   max?: number, stacked?: boolean, links?: readonly object[] }} Look
 */

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** @param {Look} look @param {...Query} queries */
export function graph(look, ...queries) {
  return panel('timeseries', look, queries, {
    custom: {
      lineWidth: 1,
      fillOpacity: look.stacked ? 30 : 5,
      showPoints: 'never',
      stacking: { mode: look.stacked ? 'normal' : 'none' },
      thresholdsStyle: { mode: look.warn === undefined ? 'off' : 'line' },
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

/** One number for each series, as of now. @param {Look} look @param {...Query} queries */
export function stat(look, ...queries) {
  return panel('stat', look, queries, {
    options: {
      colorMode: look.warn === undefined && look.crit === undefined ? 'none' : 'background',
      graphMode: 'none',
      textMode: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
    instant: true,
  });
}

/** Bars of many series, as of now. @param {Look} look @param {...Query} queries */
export function bars(look, ...queries) {
  return panel('bargauge', look, queries, {
    options: {
      displayMode: 'basic',
      orientation: 'horizontal',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
    instant: true,
  });
}

function panel(type, look, queries, { custom = {}, options, instant = false }) {
  const { title, about, unit = 'short', min, max, links = [], width = 8 } = look;
  return {
    width,
    json: {
      type,
      title,
      description: about,
      datasource: SOURCE,
      fieldConfig: {
        defaults: {
          unit,
          ...(min !== undefined && { min }),
          ...(max !== undefined && { max }),
          ...(links.length > 0 && { links }),
          color: { mode: type === 'timeseries' ? 'palette-classic' : 'thresholds' },
          custom,
          thresholds: { mode: 'absolute', steps: steps(look) },
        },
        overrides: [],
      },
      options,
      targets: queries.map(({ expr, legend = '__auto' }, i) => ({
        refId: String.fromCharCode(65 + i),
        datasource: SOURCE,
        expr,
        legendFormat: legend,
        ...(instant ? { instant: true, range: false } : { range: true }),
      })),
    },
  };
}

function steps({ warn, crit }) {
  return [
    { color: 'green', value: null },
    ...(warn === undefined ? [] : [{ color: 'orange', value: warn }]),
    ...(crit === undefined ? [] : [{ color: 'red', value: crit }]),
  ];
}
