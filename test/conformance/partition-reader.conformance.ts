import type { PartitionQuery, PartitionReader, TableRow } from '../../src/core/ports/partition-reader.port';
import type { RowSink } from '../../src/core/ports/row-sink.port';
import type { CompiledPipeline, CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import type { Row } from '../../src/core/row/row';
import { compiledWith } from '../support/pipelines';

/** By class and score, best first; a row moves when its score changes. `words` needs what a deleted row does not have. */
export function scoresPipeline(keyspace: string): CompiledPipeline {
  return compiledWith({
    key: ['class', 'name'],
    window: { kind: 'global' },
    aggregate: { score: 'last(x)', at: 'max(t)', words: 'collect(word, 3)', about: 'last(about)' },
    emit: { on: 'update' },
    sinks: [
      {
        cassandra: {
          table: `${keyspace}.scores`,
          moving: ['score'],
          columns: {
            class: 'key.class',
            score: 'score',
            name: 'key.name',
            at: 'at',
            words: "words.filter(w, w != '')",
            about: 'about',
          },
        },
      },
    ],
  });
}

export const SCORES_TABLE = [
  'CREATE TYPE KEYSPACE.about (age int, city text)',
  'CREATE TABLE KEYSPACE.scores (class text, score double, name text, at timestamp, words frozen<list<text>>, ' +
    'about frozen<about>, PRIMARY KEY ((class), score, name)) WITH CLUSTERING ORDER BY (score DESC, name DESC)',
];

export interface PartitionWorld {
  readonly keyspace: string;
  readonly reader: PartitionReader;
  sinkOf(pipeline: CompiledPipeline, sink: Extract<CompiledSink, { kind: 'cassandra' }>): RowSink;
  close(): Promise<void>;
}

type Values = Readonly<
  Record<string, Row['key'][string] | readonly string[] | Readonly<Record<string, string | number>>>
>;
const never = new AbortController().signal;

/** What every PartitionReader guarantees, and every RowSink whose rows move. */
export function describePartitionReader(name: string, open: () => Promise<PartitionWorld>): void {
  describe(`PartitionReader: ${name}`, () => {
    let world: PartitionWorld;
    let sink: RowSink;
    let classes = 0;

    beforeAll(async () => {
      world = await open();
      const pipeline = scoresPipeline(world.keyspace);
      sink = world.sinkOf(pipeline, pipeline.sinks[0] as Extract<CompiledSink, { kind: 'cassandra' }>);
    });
    afterAll(() => world?.close());

    const row = (of: string, student: string, values: Values | undefined, revision: bigint, left?: Values): Row => ({
      pipeline: 'test',
      key: { class: of, name: student },
      keyText: JSON.stringify([of, student]),
      window: undefined,
      values: values && { at: 1_700_000_000_000, words: [], about: null, ...values },
      revision,
      final: false,
      ...(left && { left }),
    });
    const query = (of: string, more: Partial<PartitionQuery> = {}): PartitionQuery => ({
      table: `${world.keyspace}.scores`,
      ...{ partition: { class: of }, clustering: ['score', 'name'], descending: true, limit: 100, ...more },
    });
    const names = async (of: string, more: Partial<PartitionQuery> = {}): Promise<string[]> =>
      (await world.reader.read(query(of, more))).map(
        (found: TableRow) => `${found['name'] as string} ${Number(found['score'])}`,
      );

    async function fourOf(of: string): Promise<void> {
      await sink.write(
        [
          row(of, 'anna', { score: 70.5 }, 10n),
          row(of, 'ben', { score: 90 }, 12n),
          row(of, 'çelik', { score: 70.5 }, 14n),
          row(of, 'dee', { score: -1 }, 16n),
        ],
        never,
      );
    }

    it('gives the rows of one partition in the order of the clustering key, or against it', async () => {
      const of = `class ${(classes += 1)}`;
      await fourOf(of);
      expect(await names(of)).toEqual(['ben 90', 'çelik 70.5', 'anna 70.5', 'dee -1']);
      expect(await names(of, { descending: false })).toEqual(['dee -1', 'anna 70.5', 'çelik 70.5', 'ben 90']);
      expect(await names('no such class')).toEqual([]);
    });

    it('bounds the first clustering column, goes on after a row, and gives no more than it is asked for', async () => {
      const of = `class ${(classes += 1)}`;
      await fourOf(of);
      expect(await names(of, { from: 0, to: 90 })).toEqual(['çelik 70.5', 'anna 70.5']);
      expect(await names(of, { after: [70.5, 'çelik'] })).toEqual(['anna 70.5', 'dee -1']);
      expect(await names(of, { after: [70.5, 'çelik'], from: 0, to: 90 })).toEqual(['anna 70.5']);
      expect(await names(of, { after: [70.5, 'anna'], to: 90, from: 0, descending: false })).toEqual(['çelik 70.5']);
      expect(await names(of, { limit: 2 })).toEqual(['ben 90', 'çelik 70.5']);
    });

    it('gives times, lists and types of one’s own back as they were', async () => {
      const of = `class ${(classes += 1)}`;
      const about = { age: 12, city: 'Hyderabad हैदराबाद' };
      await sink.write([row(of, 'anna', { score: 1, words: ['a', 'b'], about }, 10n)], never);
      const [found] = await world.reader.read(query(of));
      expect(found).toMatchObject({ words: ['a', 'b'], about });
      expect(new Date(found!['at'] as string | number).toISOString()).toBe('2023-11-14T22:13:20.000Z');
    });

    it('has a row that moved in its new place only, whichever write comes last', async () => {
      const of = `class ${(classes += 1)}`;
      const writes = [
        row(of, 'anna', { score: 1 }, 10n),
        row(of, 'anna', undefined, 12n, { score: 1 }),
        row(of, 'anna', { score: 2 }, 12n),
        row(of, 'anna', undefined, 14n, { score: 2 }),
        row(of, 'anna', { score: 1 }, 14n),
      ];
      for (const write of writes) await sink.write([write], never);
      expect(await names(of)).toEqual(['anna 1']);
      for (const write of [...writes].reverse()) await sink.write([write], never);
      expect(await names(of)).toEqual(['anna 1']);
    });

    it('has no row whose moving column is null', async () => {
      const of = `class ${(classes += 1)}`;
      await sink.write([row(of, 'anna', { score: null }, 10n), row(of, 'ben', { score: 3 }, 12n)], never);
      await sink.write([row(of, 'ben', undefined, 14n, { score: 3 }), row(of, 'ben', { score: null }, 14n)], never);
      expect(await names(of)).toEqual([]);
    });
  });
}
