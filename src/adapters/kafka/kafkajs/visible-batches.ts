import { ByteReader } from './byte-reader';
import { FetchedRecord } from './fetched-record';
import type { AbortedTransaction } from './internals';
import type { RecordBatchBytes } from './record-batch';

/** The type of a control record, an int16 after an int16 of version, that ends a transaction without its records. */
const ABORT = 0;

/**
 * Whether the records of each batch are to be seen: control batches and the records of aborted transactions are not.
 * Source: `CompletedFetch` of Kafka's consumer, read_committed; a transaction's first offset is that of a batch.
 */
export function visibleBatches(
  batches: readonly RecordBatchBytes[],
  aborted: readonly AbortedTransaction[] | null | undefined,
): readonly boolean[] {
  const waiting = (aborted ?? [])
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const open = new Set<string>();
  return batches.map((batch) => {
    while (waiting.length > 0 && waiting[0]!.firstOffset <= batch.lastOffset) open.add(waiting.shift()!.producerId);
    if (batch.isControl) {
      if (open.has(batch.producerId) && isAbort(batch)) open.delete(batch.producerId);
      return false;
    }
    return !(batch.isTransactional && open.has(batch.producerId));
  });
}

function isAbort(batch: RecordBatchBytes): boolean {
  if (batch.count === 0) return false;
  const { key } = new FetchedRecord(batch, new ByteReader(batch.bytes, batch.start));
  return key !== null && key.length >= 4 && key.readInt16BE(2) === ABORT;
}
