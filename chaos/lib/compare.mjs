import { revisionOf } from './oracle.mjs';

const EXAMPLES = 20;

/**
 * Holds table and output topic against the oracle.
 *
 * `lost` and `double` count records by their rows' `n`, and final rows that the topic lacks or has in two versions;
 * `wrong` counts rows that differ in anything else. `repeated` messages are allowed: delivery is at least once.
 */
export function compare({ oracle, generation, table, output, shuffled }) {
  const verdict = { lost: 0, double: 0, wrong: 0, examples: [] };
  for (const [id, expected] of oracle.rows) {
    compareRow({ id, expected, final: oracle.isFinal(expected), generation, table, output, verdict, shuffled });
  }
  for (const [id, { n }] of table) {
    if (!oracle.rows.has(id)) note(verdict, 'double', n, `${id}: the table has a row that no record made`);
  }
  for (const text of output.contradictions) note(verdict, 'wrong', 1, text);
  return { ...verdict, repeated: output.repeated };
}

function compareRow({ id, expected, final, generation, table, output, verdict, shuffled }) {
  const stored = table.get(id);
  const n = stored?.n ?? 0;
  if (n < expected.n) note(verdict, 'lost', expected.n - n, `${id}: the table has ${n} of ${expected.n} records`);
  if (n > expected.n) note(verdict, 'double', n - expected.n, `${id}: the table has ${n} records of ${expected.n}`);
  // Shuffled records have offsets of another topic: what the revision must be cannot be told from the input.
  const revision = shuffled ? stored?.revision : revisionOf(generation, expected.changedAt, final);
  const wanted = textOf({ ...expected, revision, final });
  if (n === expected.n && textOf(stored) !== wanted) {
    note(verdict, 'wrong', 1, `${id}: the table has ${textOf(stored)}, not ${wanted}`);
  }
  const sent = output.rows.get(id);
  if (stored && (!sent || textOf(sent.newest) !== textOf(stored))) {
    note(
      verdict,
      'wrong',
      1,
      `${id}: newest in the topic is ${sent && textOf(sent.newest)}, the table ${textOf(stored)}`,
    );
  }
  const finals = sent?.finals.size ?? 0;
  if (final && finals === 0) note(verdict, 'lost', 1, `${id}: the topic has no final row`);
  if (finals > 1) note(verdict, 'double', finals - 1, `${id}: the topic has ${finals} final rows`);
}

function textOf({ n, total, least, most, revision, final }) {
  return `n=${n} total=${total} least=${least} most=${most} revision=${revision} final=${final}`;
}

function note(verdict, kind, count, text) {
  verdict[kind] += count;
  if (verdict.examples.length < EXAMPLES) verdict.examples.push(`${kind}: ${text}`);
}

/** What the output topic tells of each row, folded message by message. */
export class OutputRows {
  rows = new Map();
  messages = 0;
  repeated = 0;
  contradictions = [];

  take(id, version) {
    this.messages++;
    const row = this.rows.get(id) ?? { newest: version, finals: new Set(), versions: new Map() };
    this.rows.set(id, row);
    const text = textOf(version);
    const known = row.versions.get(version.revision);
    if (known === undefined) row.versions.set(version.revision, text);
    else if (known === text) this.repeated++;
    else this.contradictions.push(`${id}: one revision with two contents in the topic: ${known} and ${text}`);
    if (version.final) row.finals.add(version.revision);
    if (version.revision > row.newest.revision) row.newest = version;
  }
}
