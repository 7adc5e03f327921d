import { textOf } from './output-rows.mjs';

const EXAMPLES = 20;

/**
 * Holds the table and the output topics of a pipeline against its oracle.
 *
 * `lost` and `double` count records by their rows' `n`, final rows that a topic lacks or has in two versions, and versions that
 * came twice in the topic that shows each once; `regressions` count rows that this topic shows after newer ones; `wrong` is
 * whatever else differs. `repeated` counts versions that came again in the other topic: delivery is at least once there.
 *
 * @param {{ pipeline: object, oracle: object, generation: bigint, table: Map, topics: { output: object, exact?: object } }} found
 */
export function compare(found) {
  const { oracle, table, topics } = found;
  const verdict = { lost: 0, double: 0, wrong: 0, regressions: 0, examples: [] };
  const note = (kind, count, text) => {
    verdict[kind] += count;
    if (count > 0 && verdict.examples.length < EXAMPLES) verdict.examples.push(`${kind}: ${text}`);
  };
  for (const [id, expected] of oracle.rows) compareStored(id, expected, found, note);
  for (const [id, { n }] of table) {
    if (!oracle.rows.has(id)) note('double', n, `${found.pipeline.table} ${id}: no record made this row`);
  }
  for (const [name, topic] of Object.entries(topics)) {
    const place = found.pipeline[name];
    for (const [id, expected] of oracle.rows) compareShown(`${place} ${id}`, { id, expected, topic }, found, note);
    for (const text of topic.contradictions) note('wrong', 1, `${place} ${text}`);
  }
  if (topics.exact) {
    note('double', topics.exact.repeated, `${found.pipeline.exact}: versions that came twice`);
    note('regressions', topics.exact.backward, `${found.pipeline.exact}: versions that came after newer ones`);
  }
  return { ...verdict, rows: oracle.rows.size, repeated: topics.output.repeated };
}

/** A row of the table: its records, then all else. */
function compareStored(id, expected, { pipeline, oracle, generation, table }, note) {
  const place = `${pipeline.table} ${id}`;
  const stored = table.get(id);
  const n = stored?.n ?? 0;
  if (n < expected.n) return note('lost', expected.n - n, `${place} has ${n} of ${expected.n} records`);
  if (n > expected.n) return note('double', n - expected.n, `${place} has ${n} records of ${expected.n}`);
  const final = oracle.isFinal(expected);
  const revision = oracle.revisionOf(expected, generation, final) ?? stored.revision;
  const wanted = textOf({ ...expected, revision, final });
  if (textOf(stored) !== wanted) note('wrong', 1, `${place} is ${textOf(stored)}, not ${wanted}`);
}

/** A row in a topic: its newest version is the table's, and it has one final version once its window is closed. */
function compareShown(place, { id, expected, topic }, { oracle, table }, note) {
  const stored = table.get(id);
  const shown = topic.rows.get(id);
  if (stored && (!shown || textOf(shown.newest) !== textOf(stored))) {
    note('wrong', 1, `${place}: the newest is ${shown && textOf(shown.newest)}, the table has ${textOf(stored)}`);
  }
  const finals = shown?.finals.size ?? 0;
  if (finals === 0 && oracle.isFinal(expected)) note('lost', 1, `${place} has no final version`);
  if (finals > 1) note('double', finals - 1, `${place} has ${finals} final versions`);
}
