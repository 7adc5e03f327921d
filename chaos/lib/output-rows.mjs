/**
 * What an output topic tells of each row, folded message by message. `repeated` counts versions that came again; `backward`
 * those that came after a newer one of their row; a revision with two contents is a contradiction.
 */
export class OutputRows {
  rows = new Map();
  messages = 0;
  repeated = 0;
  backward = 0;
  contradictions = [];

  /** In the order of each partition. */
  take(id, version) {
    this.messages++;
    const row = this.rows.get(id) ?? { newest: version, finals: new Set(), versions: new Map() };
    this.rows.set(id, row);
    const text = textOf(version);
    const known = row.versions.get(version.revision);
    if (known === undefined) row.versions.set(version.revision, text);
    else if (known === text) this.repeated++;
    else this.contradictions.push(`${id}: one revision with two contents: ${known} and ${text}`);
    if (version.final) row.finals.add(version.revision);
    if (version.revision < row.newest.revision) this.backward++;
    if (version.revision > row.newest.revision) row.newest = version;
  }
}

export function textOf({ n, total, least, most, revision, final }) {
  return `n=${n} total=${total} least=${least} most=${most} revision=${revision} final=${final}`;
}
