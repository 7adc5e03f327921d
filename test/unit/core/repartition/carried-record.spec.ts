import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import { partitionOf } from '../../../../src/core/partitioning/murmur2';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';
import { CarriedRecord, outgoingRecords } from '../../../../src/core/repartition/carried-record';
import type { RecordOrigin } from '../../../../src/core/repartition/record-origin';

const PARTITIONS = 3;
const origin: RecordOrigin = { partition: 7, offset: 42n, index: 0, watermarkMs: 1_500, isMark: false };

async function carried(
  record: SourceRecord | undefined,
  keyText: string,
  from: RecordOrigin,
): Promise<CarriedRecord[]> {
  const log = new MemoryLog({ now: () => 99 });
  await log.ensure([{ topic: 'internal', partitions: PARTITIONS, purpose: 'repartition' }]);
  await log.send('internal', outgoingRecords({ record, keyText, origin: from }, PARTITIONS));
  return [0, 1, 2].flatMap((partition) =>
    log.read('internal', partition, 0n, 10).records.map((stored) => new CarriedRecord(stored)),
  );
}

it.each([
  ['with a key that is no text', Uint8Array.of(0xff, 0x00)],
  ['without a key', null],
])('a record %s comes out as its source had it, with where it comes from', async (_, key) => {
  const value = new TextEncoder().encode('{"x":1}');
  const record: SourceRecord = { offset: 42n, timestampMs: 1_234, key, value, headers: { mine: Uint8Array.of(1) } };
  const [found, ...others] = await carried(record, 'b', origin);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ offset: 0n, timestampMs: 1_234, headers: { mine: Uint8Array.of(1) }, origin });
  expect([found!.key, found!.value]).toEqual([key, value]);
});

it('a record is where its key belongs', () => {
  const record: SourceRecord = { offset: 42n, timestampMs: 1, key: null, value: Uint8Array.of(1) };
  const [outgoing] = outgoingRecords({ record, keyText: 'Beijing', origin }, PARTITIONS);
  expect(outgoing).toMatchObject({ key: 'Beijing', partition: partitionOf('Beijing', PARTITIONS) });
  expect(outgoing!.timestampMs).toBeUndefined();
});

it('a partial aggregate comes with what its headers say', async () => {
  const partial = { keyText: 'b', end: 1_000n, count: 9, fresh: 4, isComplete: true };
  const record: SourceRecord = { offset: 1_023n, timestampMs: 5, key: null, value: Uint8Array.of(1) };
  const from = { ...origin, offset: 1_023n, index: 3, partial };
  const [found, ...others] = await carried(record, 'b', from);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ timestampMs: 5, key: null, headers: {}, origin: from });
});

it('a time mark comes to every partition', async () => {
  const marks = await carried(undefined, '', { ...origin, watermarkMs: -1, isMark: true });
  expect(marks.map((mark) => mark.origin)).toEqual(
    Array.from({ length: PARTITIONS }, () => ({ ...origin, watermarkMs: -1, isMark: true })),
  );
});

it('a record that no shuffle has put there has no origin', () => {
  const stranger: SourceRecord = { offset: 3n, timestampMs: 5, key: Uint8Array.of(1), value: null };
  const found = new CarriedRecord(stranger);
  expect(found).toMatchObject({ offset: 3n, timestampMs: 5, key: Uint8Array.of(1) });
  expect(found.origin).toBeUndefined();
});
