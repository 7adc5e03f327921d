import type { EntryRef } from '../ports/state-store.port';

/** The part of `TaskWindows` that is trivial for windows whose state never leaves memory. */
export abstract class AlwaysResident {
  readonly alwaysResident = true;
  readonly hasAbsent = false;
  readonly segmentToScan = undefined;

  /** Of rows that no watermark closes. */
  get nextDueMs(): number {
    return Infinity;
  }

  absentFor(): EntryRef[] {
    return [];
  }

  warm(): boolean {
    return false;
  }

  knownAbsent(): void {
    // Everything that is stored is resident: the store is never asked.
  }

  forgetKnownAbsent(): void {
    // As above.
  }

  emitStored(): void {
    // A pending entry is resident.
  }

  evict(): void {
    // Nothing leaves memory.
  }

  closeStored(): void {
    // `segmentToScan` names none.
  }

  scanned(): void {
    // As above.
  }
}
