/**
 * The views of the page. `pipelines` are those that a view draws from: it is offered when one of them is there; without
 * any it is always offered. A view with a `resource` is offered where the service answers that. `load` gives the class: `new View(root, {hub, pipelines, argument})`, `update(pipelines)`
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
    path: 'crypto',
    title: 'Crypto',
    pipelines: ['crypto-candles-1m', 'crypto-candles-5m', 'crypto-candles-1h', 'crypto-change-24h'],
    load: async () => (await import('../views/crypto/crypto.js')).CryptoView,
  },
  {
    path: 'reading',
    title: 'Reading',
    pipelines: ['reading-sessions', 'reading-chapters', 'reading-mistakes'],
    load: async () => (await import('../views/reading/reading.js')).ReadingView,
  },
  {
    path: 'users',
    title: 'Users',
    pipelines: ['users-by-country', 'users-by-age', 'users-by-gender'],
    load: async () => (await import('../views/users/users.js')).UsersView,
  },
  {
    path: 'sensors',
    title: 'Sensors',
    pipelines: ['sensors-stats', 'sensors-alerts', 'cameras-activity'],
    load: async () => (await import('../views/sensors/sensors.js')).SensorsView,
  },
  {
    path: 'model',
    title: 'Model',
    pipelines: ['pm25-predictions', 'pm25-forecast', 'pm25-anomalies'],
    load: async () => (await import('../views/model/model.js')).ModelView,
  },
  {
    path: 'feeds',
    title: 'Feeds',
    resource: '/v1/feeds',
    load: async () => (await import('../views/feeds/feeds.js')).FeedsView,
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

/** `resources` are the paths that the service answers. */
export function isOffered({ pipelines: names, resource, isHidden }, pipelines, resources) {
  if (isHidden || (resource && !resources.has(resource))) return false;
  return !names || pipelines.some(({ name, state }) => names.includes(name) && state !== 'refused');
}

/** `#/pipelines/NAME` is the view `pipelines` with the argument `NAME`. */
export function readHash(hash) {
  const [path = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  return { path: path || 'overview', argument: rest.length ? decodeURIComponent(rest.join('/')) : undefined };
}
