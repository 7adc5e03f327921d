import type { JsonValue } from '../json';
import type { Entries } from './entries';
import type { ReferenceRecord } from './reference-record';

/** From when on a value holds; `undefined` from when on there is none. */
interface Version {
  readonly timeMs: number;
  readonly offset: bigint;
  readonly value: JsonValue | undefined;
}

/** Looking for what is out of date costs a walk over all keys: one for each such part of the history is enough. */
const SHRINKS_IN_A_HISTORY = 16;

/**
 * The versions of each key, by their reference time: what holds at a time is the version with the greatest time at or
 * before it; of equal times, the greatest offset. So the order in which records of different keys, or late ones, come
 * does not show in what is found.
 *
 * Versions that ended more than the history before the newest reference time of the table are dropped.
 */
export class VersionedEntries implements Entries {
  /** In order of (time, offset). */
  private readonly versions = new Map<string, Version[]>();
  private newestMs = -Infinity;
  private shrunkAtMs = -Infinity;
  private count = 0;

  constructor(private readonly historyMs: number) {}

  get size(): number {
    return this.count;
  }

  put({ key, timeMs, offset, value }: ReferenceRecord): void {
    if (timeMs > this.newestMs) this.newestMs = timeMs;
    let versions = this.versions.get(key);
    if (!versions) this.versions.set(key, (versions = []));
    const at = placeOf(versions, timeMs, offset);
    const isKnown = at > 0 && versions[at - 1]!.timeMs === timeMs && versions[at - 1]!.offset === offset;
    if (!isKnown) {
      versions.splice(at, 0, { timeMs, offset, value });
      this.count += 1;
    }
    this.prune(key, versions);
  }

  find(key: string, eventTimeMs: number): JsonValue | undefined {
    const versions = this.versions.get(key);
    if (!versions) return undefined;
    return versions[placeOf(versions, eventTimeMs, undefined) - 1]?.value;
  }

  shrink(): boolean {
    if (this.newestMs - this.shrunkAtMs < this.historyMs / SHRINKS_IN_A_HISTORY) return false;
    this.shrunkAtMs = this.newestMs;
    for (const [key, versions] of this.versions) this.prune(key, versions);
    return true;
  }

  clear(): void {
    this.versions.clear();
    this.count = 0;
  }

  /** Of the versions up to the horizon only the last can still hold; if it deletes, none does. */
  private prune(key: string, versions: Version[]): void {
    const horizonMs = this.newestMs - this.historyMs;
    let old = 0;
    while (old + 1 < versions.length && versions[old + 1]!.timeMs <= horizonMs) old += 1;
    if (versions[old]!.timeMs <= horizonMs && versions[old]!.value === undefined) old += 1;
    if (old === 0) return;
    this.count -= old;
    if (old === versions.length) this.versions.delete(key);
    else versions.splice(0, old);
  }
}

/** How many versions are at or before (time, offset); of that time whatever the offset when there is none. */
function placeOf(versions: readonly Version[], timeMs: number, offset: bigint | undefined): number {
  let [low, high] = [0, versions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(versions[middle]!, timeMs, offset)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isAfter(version: Version, timeMs: number, offset: bigint | undefined): boolean {
  if (version.timeMs !== timeMs || offset === undefined) return version.timeMs > timeMs;
  return version.offset > offset;
}
