/** One record batch of the log, format v2, with its records not yet read. */
export interface RecordBatchBytes {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly firstTimestampMs: number;
  /** Where the topic says `message.timestamp.type: LogAppendTime`: the time of every record. */
  readonly appendTimeMs: number | undefined;
  readonly producerId: string;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  /** How many records there are, one after the other from `start`. */
  readonly count: number;
  readonly bytes: Buffer;
  /** Of the same bytes. */
  readonly view: DataView;
  readonly start: number;
}

const HEADER_BYTES = 61;
/** Bytes before those that the batch's length counts. */
const LENGTH_AT = 8;
const AFTER_LENGTH = 12;
/** Fewer are the torn tail of a response. As kafkajs has it. */
const LEAST_BYTES = 49;
const [LOG_APPEND_TIME, TRANSACTIONAL, CONTROL] = [0x08, 0x10, 0x20] as const;

/**
 * Cuts a partition's records in a fetch response into batches. Brokers cut a response at a number of bytes: a batch that
 * is not there as a whole is left out, and will be asked for again.
 */
export function* recordBatches(bytes: Buffer): Generator<{ batch: RecordBatchBytes; attributes: number; end: number }> {
  const view = viewOf(bytes);
  for (let at = 0; bytes.length - at >= LEAST_BYTES;) {
    const end = at + AFTER_LENGTH + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) return;
    if (end < at + HEADER_BYTES)
      throw new RangeError(`The record batch at byte ${at} of a fetch is shorter than its header`);
    const attributes = bytes.readInt16BE(at + 21);
    yield { batch: { ...headerOf(bytes, at, attributes), bytes, view, start: at + HEADER_BYTES }, attributes, end };
    at = end;
  }
}

/** Source: Kafka's protocol guide, "Record Batch". The checksum is not checked, as kafkajs does not. */
function headerOf(bytes: Buffer, at: number, attributes: number): Omit<RecordBatchBytes, 'bytes' | 'view' | 'start'> {
  const firstOffset = bytes.readBigInt64BE(at);
  return {
    firstOffset,
    lastOffset: firstOffset + BigInt(bytes.readInt32BE(at + 23)),
    firstTimestampMs: Number(bytes.readBigInt64BE(at + 27)),
    appendTimeMs: attributes & LOG_APPEND_TIME ? Number(bytes.readBigInt64BE(at + 35)) : undefined,
    producerId: bytes.readBigInt64BE(at + 43).toString(),
    isTransactional: (attributes & TRANSACTIONAL) !== 0,
    isControl: (attributes & CONTROL) !== 0,
    count: Math.max(0, bytes.readInt32BE(at + 57)),
  };
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
