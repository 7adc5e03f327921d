import type { OperatorLedger } from '../../src/core/ports/operator-ledger.port';

export interface OperatorLedgerHarness {
  readonly ledger: OperatorLedger;
  /** A pipeline that no other test has. */
  newPipeline(): string;
  close(): Promise<void>;
}

/** What every OperatorLedger guarantees. */
export function describeOperatorLedger(name: string, open: () => Promise<OperatorLedgerHarness>): void {
  describe(`OperatorLedger: ${name}`, () => {
    let harness: OperatorLedgerHarness;
    let pipeline: string;

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());
    beforeEach(() => (pipeline = harness.newPipeline()));

    it('counts requests to go on of each pipeline', async () => {
      expect(await harness.ledger.resumeRequests(pipeline)).toBe(0);
      await harness.ledger.requestResume(pipeline);
      await harness.ledger.requestResume(pipeline);
      expect(await harness.ledger.resumeRequests(pipeline)).toBe(2);
      expect(await harness.ledger.resumeRequests(harness.newPipeline())).toBe(0);
    });

    it('gives a letter to one of several callers, and knows how far each letter came', async () => {
      const { ledger } = harness;
      const both = await Promise.all([
        ledger.beginReplay(pipeline, ['0:1', '0:2']),
        ledger.beginReplay(pipeline, ['0:1', '0:2']),
      ]);
      for (const i of [0, 1]) expect(both.map((states) => states[i]).sort()).toEqual(['begun', 'new']);
      await ledger.finishReplay(pipeline, ['0:2']);
      expect(await ledger.beginReplay(pipeline, ['0:3', '0:2', '0:1'])).toEqual(['new', 'done', 'begun']);
    });

    it('keeps the letters of pipelines apart, and takes none', async () => {
      const { ledger } = harness;
      await ledger.beginReplay(pipeline, ['0:1']);
      expect(await ledger.beginReplay(harness.newPipeline(), ['0:1'])).toEqual(['new']);
      expect(await ledger.beginReplay(pipeline, [])).toEqual([]);
      await ledger.finishReplay(pipeline, []);
    });
  });
}
