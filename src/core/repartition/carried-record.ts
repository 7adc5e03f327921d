import { partitionOf } from '../partitioning/murmur2';
import type { OutgoingRecord } from '../ports/record-producer.port';
import type { RecordHeaders, SourceRecord } from '../ports/record-source.port';
import type { ForwardedRecord } from '../task/forwarded-record';
import type { PartialHeader } from './partial';
import type { RecordOrigin } from './record-origin';

/** `partition:offset:index:watermark:timestamp` of the source record; decimal numbers. */
const ORIGIN_HEADER = 'millrace-repartition';
/** The source record's own key, which expressions see; absent if it has none. */
const KEY_HEADER = 'millrace-repartition-key';
/** `end:count:fresh:complete` of a partial aggregate; `complete` is 0 or 1. */
const PARTIAL_HEADER = 'millrace-partial';
const ORIGIN = /^(\d+):(\d+):(\d+):(-?\d+):(-?\d+)$/;
const PARTIAL = /^(\d+):(\d+):(\d+):([01])$/;

const OWN_HEADERS = [ORIGIN_HEADER, KEY_HEADER, PARTIAL_HEADER];

const utf8 = new TextDecoder();

/**
 * What is appended to a repartition topic of `partitions` for one forwarded record: its own value and headers, under the
 * pipeline's key. The broker stamps it with the time of appending, so that retention counts from then on; the record's
 * own timestamp travels in a header. A time mark goes to every partition.
 */
export function outgoingRecords(
  { record, keyText, origin }: ForwardedRecord,
  partitions: number,
): readonly OutgoingRecord[] {
  const { partition, offset, index, watermarkMs } = origin;
  const headers = {
    [ORIGIN_HEADER]: `${partition}:${offset}:${index}:${watermarkMs}:${record?.timestampMs ?? 0}`,
    ...(origin.partial && { [PARTIAL_HEADER]: partialText(origin.partial) }),
  };
  if (!record)
    return Array.from({ length: partitions }, (_, to) => ({ key: null, value: null, partition: to, headers }));
  const sourceHeaders = record.key === null ? record.headers : { ...record.headers, [KEY_HEADER]: record.key };
  return [
    {
      ...{ key: keyText, value: record.value, partition: partitionOf(keyText, partitions), headers },
      ...(sourceHeaders && { sourceHeaders }),
    },
  ];
}

/** A record of a repartition topic as its source had it, but for its offset, which is that in the repartition topic. */
export class CarriedRecord implements SourceRecord {
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  /** `undefined` when it was not put there by a shuffle. */
  readonly origin?: RecordOrigin;

  constructor(private readonly carrier: SourceRecord) {
    const { offset, timestampMs, key, headers = {}, value } = carrier;
    const found = ORIGIN.exec(textOf(headers[ORIGIN_HEADER]));
    this.offset = offset;
    this.timestampMs = found ? Number(found[5]) : timestampMs;
    this.key = found ? bytesOf(headers[KEY_HEADER]) : key;
    if (!found) return;
    this.origin = {
      partition: Number(found[1]),
      offset: BigInt(found[2]!),
      index: Number(found[3]),
      watermarkMs: Number(found[4]),
      isMark: value === null,
      ...partialOf(carrier),
    };
  }

  get value(): Uint8Array | null {
    return this.carrier.value;
  }

  get asciiValue(): string | undefined {
    return this.carrier.asciiValue;
  }

  get headers(): RecordHeaders {
    const all = Object.entries(this.carrier.headers ?? {});
    return Object.fromEntries(all.filter(([name]) => !OWN_HEADERS.includes(name)));
  }
}

function partialText({ end, count, fresh, isComplete }: PartialHeader): string {
  return `${end}:${count}:${fresh}:${isComplete ? 1 : 0}`;
}

/** Of a record that a shuffle put there. */
function partialOf({ key, headers = {} }: SourceRecord): { readonly partial?: PartialHeader } {
  const found = PARTIAL.exec(textOf(headers[PARTIAL_HEADER]));
  if (!found || key === null) return {};
  const [count, fresh] = [Number(found[2]), Number(found[3])];
  return {
    partial: { keyText: utf8.decode(key), end: BigInt(found[1]!), count, fresh, isComplete: found[4] === '1' },
  };
}

function textOf(content: RecordHeaders[string] | undefined): string {
  if (typeof content === 'string') return content;
  return content instanceof Uint8Array ? utf8.decode(content) : '';
}

function bytesOf(content: RecordHeaders[string] | undefined): Uint8Array | null {
  return content instanceof Uint8Array ? content : null;
}
