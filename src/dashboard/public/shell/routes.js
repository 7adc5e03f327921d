/**
 * The views of the page. `pipelines` are those that a view draws from: it is offered when one of them is there; without
 * any it is always offered. `load` gives the class: `new View(root, {hub, pipelines, argument})`, `update(pipelines)`
 * with each poll, `close()`.
 */
export const ROUTES = [
  {
    path: 'overview',
    title: 'Overview',
    load: async () => (await import('../views/overview/overview.js')).OverviewView,
  },
  {
    path: 'air-quality',
    title: 'Air quality',
    pipelines: ['air-quality-live', 'air-quality-daily', 'air-quality-hourly-aqi'],
    load: async () => (await import('../views/air-quality/air-quality.js')).AirQualityView,
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    load: async () => (await import('../views/dead-letters/dead-letters.js')).DeadLettersView,
  },
  {
    path: 'pipelines',
    title: 'Pipeline',
    isHidden: true,
    load: async () => (await import('../views/pipeline/pipeline.js')).PipelineView,
  },
];

export function isOffered({ pipelines: names, isHidden }, pipelines) {
  return !isHidden && (!names || pipelines.some(({ name, state }) => names.includes(name) && state !== 'refused'));
}

/** `#/pipelines/NAME` is the view `pipelines` with the argument `NAME`. */
export function readHash(hash) {
  const [path = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  return { path: path || 'overview', argument: rest.length ? decodeURIComponent(rest.join('/')) : undefined };
}
