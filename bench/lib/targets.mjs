/**
 * The four ratios to reach, each by two measures: `rows` counts until the last row is visible and CPU from the start
 * of the process; `input` counts until the last record is taken and CPU from the first record on.
 * (c) stands against the faster of the two ways of Kafka Streams.
 */
export function targetsOf(results) {
  const figures = Object.fromEntries(results.map((result) => [result.id, result.figures]));
  const rate = (id, measure) => figures[id]?.[measure === 'rows' ? 'rowsRate' : 'inputRate'];
  const streams = (measure) => greatest([rate('d', measure), rate('d-updates', measure)]);
  return [
    target('records/s (c)/(d)', 3, 'min', (measure) => ratio(rate('c', measure), streams(measure))),
    target('records/s (c)/(e)', 1, 'above', (measure) => ratio(rate('c', measure), rate('e', measure))),
    target('CPU (c)/(e), Redis counted', 0.5, 'max', (measure) =>
      ratio(cpu(figures.c, measure), cpu(figures.e, measure)),
    ),
    target('records/s (c)/(b)', 0.5, 'min', (measure) => ratio(rate('c', measure), rate('b', measure))),
  ];
}

const WORDS = { min: 'at least', max: 'at most', above: 'more than' };
const HOLDS = { min: (x, bound) => x >= bound, max: (x, bound) => x <= bound, above: (x, bound) => x > bound };

function target(name, bound, kind, of) {
  const measured = (measure) => {
    const value = of(measure);
    if (value === undefined) return { verdict: 'not measured' };
    return { value, verdict: HOLDS[kind](value, bound) ? 'PASS' : 'MISSED' };
  };
  return { name, wanted: `${WORDS[kind]} ${bound}`, rows: measured('rows'), input: measured('input') };
}

function cpu(figures, measure) {
  if (!figures) return undefined;
  return measure === 'rows' ? figures.cpu + figures.redisCpu : figures.cpuFromFirst + figures.redisCpuFromFirst;
}

const ratio = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

function greatest(values) {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
