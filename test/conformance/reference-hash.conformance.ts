import type { ReferenceHash } from '../../src/core/ports/reference-hash.port';

export interface ReferenceHashHarness {
  readonly hash: ReferenceHash;
  /** The key of a hash that no other test has. */
  newName(): string;
  /** As whoever keeps the table does. */
  put(name: string, field: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** What every ReferenceHash guarantees. */
export function describeReferenceHash(name: string, open: () => Promise<ReferenceHashHarness>): void {
  describe(`ReferenceHash: ${name}`, () => {
    let harness: ReferenceHashHarness;
    let table: string;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());
    beforeEach(() => (table = harness.newName()));

    it('gives the texts of fields in their order, and nothing for those that are not there', async () => {
      await harness.put(table, 'a', '{"limit":5}');
      await harness.put(table, 'b', 'Beijing ☂');
      await harness.put(table, '', 'of no name');
      expect(await harness.hash.read(table, ['b', 'none', 'a', '', 'b'])).toEqual([
        ...['Beijing ☂', undefined, '{"limit":5}', 'of no name', 'Beijing ☂'],
      ]);
    });

    it('sees the newest text', async () => {
      await harness.put(table, 'a', '1');
      await harness.put(table, 'a', '2');
      expect(await harness.hash.read(table, ['a'])).toEqual(['2']);
    });

    it('gives nothing of a hash that is not there', async () => {
      expect(await harness.hash.read(table, ['a', 'b'])).toEqual([undefined, undefined]);
    });

    it('takes more fields than go into one command, and none', async () => {
      await harness.put(table, 'k2500', 'x');
      const fields = Array.from({ length: 3_000 }, (_, i) => `k${i}`);
      const texts = await harness.hash.read(table, fields);
      expect(texts).toHaveLength(3_000);
      expect(texts.flatMap((text, i) => (text === undefined ? [] : [i]))).toEqual([2500]);
      expect(await harness.hash.read(table, [])).toEqual([]);
    });
  });
}
