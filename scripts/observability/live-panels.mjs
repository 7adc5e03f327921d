import { setTimeout as pause } from 'node:timers/promises';

/** Changes of prices are of steps of five minutes: the first one shows when the clock comes to the next step. */
const DEADLINE_MS = 330_000;
const POLL_MS = 2_000;

/**
 * Asks every query until it gives a number; one that never does within the deadline has a `problem`. A rate needs two
 * scrapes, a closed window some time: nothing is asked again once it has answered, but all are read anew at the end, which
 * is not before `leastMs`; what is silent by then keeps its earlier answer.
 */
export async function askPanels(server, queries, { leastMs = 0, signal }) {
  const begin = performance.now();
  const passedMs = () => performance.now() - begin;
  const answered = new Map();
  let missing = queries;
  while (passedMs() < leastMs || (missing.length > 0 && passedMs() < DEADLINE_MS)) {
    await pause(POLL_MS, undefined, { signal });
    const answers = await answersTo(server, missing);
    answers.forEach((answer, i) => void (answer.problem === undefined && answered.set(missing[i], answer)));
    missing = missing.filter((query) => !answered.has(query));
  }
  const last = await answersTo(server, queries);
  return last.map((answer, i) => (answer.problem === undefined ? answer : (answered.get(queries[i]) ?? answer)));
}

async function answersTo(server, queries) {
  const answers = [];
  for (const query of queries) answers.push({ ...query, ...(await answerTo(server, query)) });
  return answers;
}

async function answerTo(server, { expr }) {
  try {
    const series = await server.query(expr);
    if (series.some(({ value }) => !Number.isNaN(value))) return { series, problem: undefined };
    return { series, problem: `${series.length === 0 ? 'no series' : 'no number'} for ${expr}` };
  } catch (error) {
    return { series: [], problem: error.message };
  }
}
