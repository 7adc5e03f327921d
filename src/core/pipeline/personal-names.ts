import { textEntries, valueAt } from './finding';

/** Aggregates that show nothing of their argument but how often there is one. */
const COUNTS = /^\s*(count|distinct)\s*\(/;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/g;

/**
 * What of a document tells personal fields: these, what is derived of them, and aggregates of them but for counts. A name
 * within an expression counts wherever it stands, in text too: rather one too many.
 */
export class PersonalNames {
  private readonly fields: ReadonlySet<string>;
  private readonly aggregates: ReadonlySet<string>;

  constructor(document: unknown) {
    const given = valueAt(document, ['spec', 'source', 'personal']);
    const fields = new Set<string>(Array.isArray(given) ? given.filter((name) => typeof name === 'string') : []);
    for (const [name, text] of textEntries(valueAt(document, ['spec', 'derive'])))
      if (wordsOf(text).some((word) => fields.has(word))) fields.add(name);
    const told = textEntries(valueAt(document, ['spec', 'aggregate'])).filter(
      ([, text]) => !COUNTS.test(text) && wordsOf(text).some((word) => fields.has(word)),
    );
    this.fields = fields;
    this.aggregates = new Set(told.map(([name]) => name));
  }

  hasField(name: string): boolean {
    return this.fields.has(name);
  }

  hasAggregate(name: string): boolean {
    return this.aggregates.has(name);
  }
}

function wordsOf(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}
