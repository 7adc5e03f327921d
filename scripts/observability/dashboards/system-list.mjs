/**
 * A system as those see it who use it. `pipelines` and `feeds` are regular expressions; `holds` are numbers of keys in
 * state; `values` are what `metrics` sinks show, of each key or of the `top` ones; `flows` are rows per second of one pipeline; `closes` has the pipelines whose
 * windows close.
 */
export const SYSTEMS = [
  {
    uid: 'millrace-air-quality',
    title: 'Millrace: air quality',
    about: 'Readings of PM2.5, their daily means and indices, and the models that forecast them',
    pipelines: 'air-quality-.*|pm25-.*',
    feeds: 'airnow-.*',
    holds: [
      { name: 'posts', pipeline: 'air-quality-live' },
      { name: 'models', pipeline: 'pm25-forecast' },
      { name: 'open days', pipeline: 'air-quality-daily' },
    ],
    values: [
      {
        title: 'PM2.5',
        about: 'Newest reading of each post',
        unit: 'suffix: µg/m³',
        pipeline: 'air-quality-live',
        shows: [{ name: 'pm25', legend: '{{key}}' }],
      },
      {
        title: 'Air quality index',
        about:
          'US index of the NowCast of each post: unhealthy for sensitive people above 100, very unhealthy above 200',
        pipeline: 'air-quality-live',
        shows: [{ name: 'aqi', legend: '{{key}}' }],
        warn: 100,
        crit: 200,
      },
      {
        title: 'Error of forecasts',
        about: 'Mean absolute error of the model of each post so far, beside that of "the same as the last hour"',
        unit: 'suffix: µg/m³',
        pipeline: 'pm25-forecast',
        shows: [
          { name: 'mae', legend: '{{key}}, model' },
          { name: 'mae_last', legend: '{{key}}, same as the last hour' },
        ],
      },
    ],
    flows: [
      {
        title: 'Forecasts',
        about: 'Predictions of the next hour that were put beside what was read',
        pipeline: 'pm25-predictions',
      },
      {
        title: 'Anomalies and drifts',
        about: 'Hours that were far from what the model predicted',
        pipeline: 'pm25-anomalies',
      },
    ],
    closes: 'air-quality-daily|air-quality-hourly-aqi|air-quality-reporting',
  },
  {
    uid: 'millrace-crypto',
    title: 'Millrace: crypto prices',
    about: 'Prices of coins, their candles, and how they moved in 24 hours',
    pipelines: 'crypto-.*',
    feeds: 'coinlore-.*',
    holds: [
      { name: 'coins', pipeline: 'crypto-change-24h' },
      { name: 'movers', pipeline: 'crypto-movers' },
      { name: 'open candles of a minute', pipeline: 'crypto-candles-1m' },
    ],
    values: [
      {
        title: 'Prices',
        about: 'Of the ten dearest coins',
        unit: 'currencyUSD',
        pipeline: 'crypto-change-24h',
        shows: [{ name: 'price_usd', legend: '{{title}}' }],
        top: 10,
      },
      {
        title: 'Risers',
        about: 'Change in 24 hours of the ten coins that rose most',
        unit: 'percent',
        pipeline: 'crypto-change-24h',
        shows: [{ name: 'change_percent', legend: '{{title}}' }],
        top: 10,
      },
    ],
    flows: [
      { title: 'Prices stored', about: 'Each price once, as it was polled', pipeline: 'crypto-prices' },
      { title: 'Changes of 24 hours', about: 'Rows that go on to the movers', pipeline: 'crypto-change-24h' },
    ],
    closes: 'crypto-candles-.*',
  },
  {
    uid: 'millrace-sensors',
    title: 'Millrace: sensors and cameras',
    about: 'Readings of sensors, what is beyond their limits or unusual, and frames of cameras',
    pipelines: 'sensors-.*|cameras-.*',
    feeds: 'sensor-.*|camera-.*',
    holds: [
      { name: 'sensors', pipeline: 'sensors-watch' },
      { name: 'open windows of sensors', pipeline: 'sensors-stats' },
      { name: 'cameras online', pipeline: 'cameras-online' },
    ],
    values: [
      {
        title: 'Temperature',
        about: 'Newest reading of each sensor',
        unit: 'celsius',
        pipeline: 'sensors-watch',
        shows: [{ name: 'temperature', legend: '{{key}}' }],
      },
      {
        title: 'Humidity',
        about: 'Newest reading of each sensor',
        unit: 'percent',
        pipeline: 'sensors-watch',
        shows: [{ name: 'humidity', legend: '{{key}}' }],
      },
      {
        title: 'Motion',
        about: 'Score of each camera in its newest ten seconds',
        pipeline: 'cameras-activity',
        shows: [{ name: 'motion', legend: '{{key}}' }],
      },
    ],
    flows: [
      {
        title: 'Alerts',
        about: 'Minutes in which a sensor was beyond a limit, or read something unusual',
        pipeline: 'sensors-alerts',
      },
      { title: 'Frames', about: 'Newest frames that were stored', pipeline: 'cameras-latest' },
    ],
    closes: 'sensors-stats|sensors-alerts|cameras-activity|cameras-online',
  },
  {
    uid: 'millrace-users',
    title: 'Millrace: users',
    about: 'Users who sign up, by country, age and gender',
    pipelines: 'users-.*',
    feeds: 'randomuser',
    holds: [
      { name: 'countries in open hours', pipeline: 'users-by-country' },
      { name: 'age bands in open hours', pipeline: 'users-by-age' },
      { name: 'genders in open hours', pipeline: 'users-by-gender' },
    ],
    values: [
      {
        title: 'Users by country',
        about: 'Who signed up in the newest hour of each country; the ten with most',
        pipeline: 'users-by-country',
        shows: [{ name: 'users', legend: '{{key}}' }],
        top: 10,
      },
    ],
    flows: [
      { title: 'Sign-ups', about: 'Users stored', pipeline: 'users-created' },
      { title: 'By country', about: 'Rows that changed', pipeline: 'users-by-country' },
    ],
    closes: 'users-by-.*',
  },
  {
    uid: 'millrace-reading',
    title: 'Millrace: reading platform',
    about: 'Pages that students read, their chapters, sessions and mistakes',
    pipelines: 'reading-.*',
    feeds: 'reading-.*',
    holds: [
      { name: 'chapters of students', pipeline: 'reading-chapters' },
      { name: 'students in a session', pipeline: 'reading-sessions' },
      { name: 'chapters with mistakes', pipeline: 'reading-mistakes' },
    ],
    values: [
      {
        title: 'Mistakes',
        about: 'In the newest month of each chapter; the ten with most',
        pipeline: 'reading-mistakes',
        shows: [{ name: 'mistakes', legend: 'chapter {{key}}' }],
        top: 10,
      },
    ],
    flows: [
      { title: 'Pages', about: 'Pages stored in the log', pipeline: 'reading-log' },
      { title: 'Chapters', about: 'Rows that changed', pipeline: 'reading-chapters' },
    ],
    closes: 'reading-sessions|reading-mistakes',
  },
];
