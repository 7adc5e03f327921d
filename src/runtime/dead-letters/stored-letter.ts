import type { HeaderContent, RecordHeaders, SourceRecord } from '../../core/ports/record-source.port';

/** A dead letter as it lies in its topic. */
export interface StoredLetter {
  /** Its own place, in the dead-letter topic. */
  readonly partition: number;
  readonly offset: bigint;
  /** When it was written, epoch ms. */
  readonly writtenMs: number;
  readonly pipeline: string;
  readonly reason: string;
  readonly message: string;
  /** Where the record came from. */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: bigint };
  /** The record's own timestamp, epoch ms. */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** The record's own headers. */
  readonly headers: RecordHeaders;
  /** Whether it was too large for the topic, so that key or value are missing. */
  readonly isShortened: boolean;
  /** There when the record parked its key: the partition and offset that its task has for it. */
  readonly parkedAt?: { readonly partition: number; readonly offset: bigint };
}

/** Headers of the letter rather than of the record; `KafkaDeadLetterSink` and `ShorteningAppender` write them. */
const OWN =
  /^millrace-(reason|message|pipeline|parked-at|source-(topic|partition|offset|timestamp)|omitted-(key|value)-bytes)$/;

const PARKED_AT = /^(\d{1,9}):(\d{1,19})$/;

const utf8 = new TextDecoder();

/** `undefined` for a record that is no dead letter. */
export function storedLetter(partition: number, record: SourceRecord): StoredLetter | undefined {
  const all = record.headers ?? {};
  const text = (name: string): string | undefined => textOf(all[`millrace-${name}`]);
  const [pipeline, reason, topic] = [text('pipeline'), text('reason'), text('source-topic')];
  const [sourcePartition, sourceOffset] = [text('source-partition'), text('source-offset')];
  if (pipeline === undefined || reason === undefined || topic === undefined) return undefined;
  if (!isWhole(sourcePartition) || !isWhole(sourceOffset)) return undefined;
  const [, parkedPartition, parkedOffset] = PARKED_AT.exec(text('parked-at') ?? '') ?? [];
  const timestamp = Number(text('source-timestamp'));
  return {
    ...{ partition, offset: record.offset, writtenMs: record.timestampMs, pipeline, reason },
    message: text('message') ?? '',
    source: { topic, partition: Number(sourcePartition), offset: BigInt(sourceOffset) },
    timestampMs: Number.isFinite(timestamp) ? timestamp : record.timestampMs,
    ...{ key: record.key, value: record.value },
    headers: Object.fromEntries(Object.entries(all).filter(([name]) => !OWN.test(name))),
    ...(parkedOffset !== undefined && {
      parkedAt: { partition: Number(parkedPartition), offset: BigInt(parkedOffset) },
    }),
    isShortened: text('omitted-value-bytes') !== undefined || text('omitted-key-bytes') !== undefined,
  };
}

/** The letter's name among those of its pipeline: the record's place. A letter that was stored twice has one name. */
export function letterName({ source }: StoredLetter): string {
  return `${source.partition}:${source.offset}`;
}

function textOf(content: HeaderContent | readonly HeaderContent[] | undefined): string | undefined {
  if (typeof content === 'string') return content;
  return content instanceof Uint8Array ? utf8.decode(content) : undefined;
}

function isWhole(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,19}$/.test(text);
}
