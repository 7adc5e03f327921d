import { FatalError, PoisonRecordError } from '../errors';
import type { Fields } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { SchemaReading, ValueDecoder } from '../ports/schema-codec.port';
import type { RecordValue } from './decoder';
import { schemaIdOf } from './schema-header';

/** How long a refusal is taken for the registry's answer. */
const REFUSED_MS = 10_000;
/** Ids that were refused; each record may make up another. */
const MAX_REFUSALS = 1_000;

interface Refusal {
  readonly error: PoisonRecordError;
  readonly sinceMs: number;
}

/**
 * The decoders of one pipeline, by the id of the schema that a value was written with: loaded before the records that
 * need them are processed, so that decoding asks nobody.
 */
export class SchemaDecoders {
  private readonly decoders = new Map<number, ValueDecoder>();
  private readonly refusals = new Map<number, Refusal>();

  constructor(
    readonly reading: SchemaReading,
    private readonly maxBytes: number,
  ) {}

  /** Ids of which the decoder has to be loaded before records `[from, to)`; those that were refused are asked for again after 10 s. */
  missing(records: readonly SourceRecord[], nowMs: number, from = 0, to = records.length): readonly number[] {
    const ids = new Set<number>();
    for (let i = from; i < to; i++) {
      const { value } = records[i]!;
      const id = value && idOrNone(value);
      if (typeof id === 'number' && !this.decoders.has(id) && !this.isRefused(id, nowMs)) ids.add(id);
    }
    return [...ids];
  }

  add(id: number, decoder: ValueDecoder): void {
    this.refusals.delete(id);
    this.decoders.set(id, decoder);
  }

  /** Values with this id cannot be read, and why. */
  refuse(id: number, error: PoisonRecordError, nowMs: number): void {
    this.refusals.delete(id);
    this.refusals.set(id, { error, sinceMs: nowMs });
    if (this.refusals.size > MAX_REFUSALS) this.refusals.delete(this.refusals.keys().next().value!);
  }

  /** Throws PoisonRecordError for what cannot be read, and FatalError for a value whose schema was not loaded. */
  decode(value: RecordValue): Fields {
    if (value === null) throw new PoisonRecordError('not-decodable', 'the record has no value');
    if (value.length > this.maxBytes) {
      throw new PoisonRecordError(
        'too-large',
        `the value has ${value.length} bytes, at most ${this.maxBytes} are taken`,
      );
    }
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    const id = schemaIdOf(bytes);
    const decoder = this.decoders.get(id);
    if (decoder) return decoder(bytes);
    throw this.refusals.get(id)?.error ?? this.notLoaded(id);
  }

  private isRefused(id: number, nowMs: number): boolean {
    const refusal = this.refusals.get(id);
    return refusal !== undefined && nowMs - refusal.sinceMs < REFUSED_MS;
  }

  /** Only an id that was refused can have been pushed out again by others. */
  private notLoaded(id: number): Error {
    if (this.refusals.size < MAX_REFUSALS) return new FatalError(`The schema ${id} was not loaded before its records`);
    return new PoisonRecordError('schema-unknown', `the schema registry does not know schema ${id}`);
  }
}

function idOrNone(value: Uint8Array): number | undefined {
  try {
    return schemaIdOf(value);
  } catch (error) {
    if (error instanceof PoisonRecordError) return undefined;
    throw error;
  }
}
