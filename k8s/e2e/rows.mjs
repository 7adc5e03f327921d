import cassandra from 'cassandra-driver';
import { addressOf, eventually } from './kubectl.mjs';

const QUERY =
  'SELECT location, date, readings, avg_pm25, min_pm25, max_pm25 FROM aqdata.pm25 WHERE location = ? AND year = ?';
const DEADLINE_MS = 120_000;

/**
 * Waits until Cassandra, by default the cluster's, has exactly the rows that the readings must give; says what differs when that does
 * not come about.
 */
export async function rowsAreRight(readings, { contactPoint, deadlineMs = DEADLINE_MS } = {}) {
  let differences = ['Cassandra was not asked'];
  const stored = async () => storedRows(readings.expected, contactPoint ?? (await addressOf('cassandra-0')));
  const begin = Date.now();
  const right = await eventually(async () => {
    differences = ['Cassandra does not answer'];
    differences = compare(readings.expected, await stored());
    return differences.length === 0;
  }, deadlineMs);
  if (!right) throw new Error([`${differences.length} rows differ:`, ...differences.slice(0, 5)].join('\n'));
  return `${readings.expected.size} rows right after ${((Date.now() - begin) / 1000).toFixed(1)} s`;
}

async function storedRows(expected, contactPoint) {
  const client = new cassandra.Client({ contactPoints: [contactPoint], localDataCenter: 'datacenter1' });
  try {
    await client.connect();
    const partitions = new Set(
      [...expected.keys()].map((key) => `${key.split('|')[0]}|${key.split('|')[1].slice(0, 4)}`),
    );
    const answers = await Promise.all(
      [...partitions].map((partition) => {
        const [location, year] = partition.split('|');
        return client.execute(QUERY, [location, Number(year)], { prepare: true, fetchSize: 5000 });
      }),
    );
    return answers.flatMap(({ rows }) => rows);
  } finally {
    await client.shutdown();
  }
}

function compare(expected, rows) {
  const stored = new Map(rows.map((row) => [`${row.location}|${row.date}`, row]));
  const missing = [...expected.keys()].filter((key) => !stored.has(key)).map((key) => `${key}: no row`);
  const surplus = [...stored.keys()].filter((key) => !expected.has(key)).map((key) => `${key}: a row too many`);
  const different = [...expected].flatMap(([key, want]) => {
    const row = stored.get(key);
    return row && !same(row, want) ? [`${key}: ${JSON.stringify(row)}, expected ${JSON.stringify(want)}`] : [];
  });
  return [...missing, ...surplus, ...different];
}

function same(row, want) {
  return (
    Number(row.readings) === want.readings &&
    Math.abs(row.avg_pm25 - want.sum / want.readings) < 1e-9 &&
    row.min_pm25 === want.min &&
    row.max_pm25 === want.max
  );
}
