import type { EntryRef } from '../ports/state-store.port';

/** The part of `TaskWindows` that is trivial for windows whose state never leaves memory. */
export abstract class AlwaysResident {
  readonly alwaysResident = true;
  readonly hasAbsent = false;
  readonly segmentToScan = undefined;

  absentFor(): EntryRef[] {
    return [];
  }

  knownAbsent(): void {
    // Everything that is stored is resident: the store is never asked.
  }

  forgetKnownAbsent(): void {
    // As above.
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
