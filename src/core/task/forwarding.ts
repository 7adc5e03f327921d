import { PoisonRecordError } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';
import type { EntryRef } from '../ports/state-store.port';
import { AlwaysResident } from './always-resident';
import type { Entry } from './entry';
import type { RangePartials } from './range-partials';
import type { StateSize, TaskWindows } from './task-windows';
import type { Writes } from './writes';

/** Below what a repartition topic takes, with room for the headers that a forwarded record gets. */
export const MAX_FORWARDED_BYTES = 15 * 2 ** 20;
/** While a partition is idle its watermark is told this often: each mark goes to every partition. */
const IDLE_MARK_MS = 5_000;

/** Takes the place of windows where records are only forwarded to a repartition topic; knows which time mark is due. */
export class Forwarding extends AlwaysResident implements TaskWindows {
  readonly firstStartMs = -1;
  readonly closesFirst = false;
  readonly closable = 0;
  private watermarkMs = -1;
  private markedMs: number | undefined;
  private isSilent = false;

  /** Without `partials` every record goes on by itself. */
  constructor(private readonly partials?: RangePartials) {
    super();
  }

  get size(): StateSize {
    return this.partials?.size ?? { openWindows: 0, keys: 0, bytes: 0 };
  }

  /** Of the next idle advance that is worth a mark. */
  override get nextDueMs(): number {
    const hasToldNothing = this.watermarkMs < 0 && this.markedMs !== undefined;
    return hasToldNothing ? Infinity : (this.markedMs ?? -1) + IDLE_MARK_MS;
  }

  advance(watermarkMs: number): void {
    this.watermarkMs = watermarkMs;
  }

  /** The source is idle, `semantics.md` section 5: if nothing was accepted by now, nobody has to wait for it. */
  fallSilent(): void {
    this.isSilent = true;
  }

  /**
   * The watermark that a mark has to tell now, and takes it as told; `undefined` if that was done. Of a partition that
   * has accepted nothing, -1 is told once it is idle. Its end alone is no evidence: its first record may be on its way.
   */
  takeMark(): number | undefined {
    const { watermarkMs, markedMs, isSilent } = this;
    if (watermarkMs === markedMs || (watermarkMs < 0 && !isSilent)) return undefined;
    this.markedMs = watermarkMs;
    return watermarkMs;
  }

  closedMs(watermarkMs: number): number {
    return watermarkMs;
  }

  add(): never {
    throw new Error('Records are forwarded, not added to windows');
  }

  close(writes: Writes): void {
    this.partials?.dropOver(writes);
  }

  emit(): void {
    // No entry is ever pending.
  }

  encode(entry: Entry): Uint8Array {
    if (!this.partials) throw new Error('A shuffle has no state but partial aggregates');
    return this.partials.encode(entry);
  }

  restore(ref: EntryRef, value: Uint8Array): void {
    this.partials?.restore(ref, value);
  }

  resident(ref: EntryRef): Entry | undefined {
    return this.partials?.resident(ref);
  }

  restorePending(): void {
    // No entry is ever pending.
  }
}

/**
 * A record that the repartition topic refused would hold up those after it, or be dropped as seen once they were appended.
 * Throws PoisonRecordError `too-large`.
 */
export function checkForwardable(record: SourceRecord): void {
  const bytes = bytesOf(record);
  if (bytes <= MAX_FORWARDED_BYTES) return;
  throw new PoisonRecordError(
    'too-large',
    `The record has ${bytes} bytes with its headers, a repartition topic takes ${MAX_FORWARDED_BYTES}.`,
  );
}

export function isForwardable(record: SourceRecord): boolean {
  return bytesOf(record) <= MAX_FORWARDED_BYTES;
}

function bytesOf({ key, value, headers = {} }: SourceRecord): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, content] of Object.entries(headers)) bytes += name.length + lengthOf(content);
  return bytes;
}

function lengthOf(content: NonNullable<SourceRecord['headers']>[string]): number {
  if (content === null) return 0;
  if (typeof content === 'string' || content instanceof Uint8Array) return content.length;
  return content.reduce<number>((sum, one) => sum + lengthOf(one), 0);
}
