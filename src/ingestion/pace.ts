/** How fast records are sent: as fast as they are taken, so many a second, or in event time, sped up. */
export type Pace =
  | { readonly kind: 'full-speed' }
  | { readonly kind: 'rate'; readonly recordsPerSecond: number }
  | { readonly kind: 'event-time'; readonly speedUp: number };

/** Says when each record is due. Records must be asked about in order. */
export class Pacer {
  private startMs: number | undefined;
  private firstEventMs: number | undefined;
  private records = 0;

  constructor(private readonly pace: Pace) {}

  /** How long to wait before the next record may be sent, ms; 0 or less when it is due. */
  delayMs(nowMs: number, eventTimeMs: number | undefined): number {
    if (this.pace.kind === 'full-speed') return 0;
    this.startMs ??= nowMs;
    return this.startMs + this.dueAfterMs(eventTimeMs) - nowMs;
  }

  /** To be called once for each record that is taken. */
  taken(): void {
    this.records += 1;
  }

  private dueAfterMs(eventTimeMs: number | undefined): number {
    if (this.pace.kind === 'rate') return (this.records * 1000) / this.pace.recordsPerSecond;
    if (this.pace.kind === 'full-speed' || eventTimeMs === undefined) return 0;
    this.firstEventMs ??= eventTimeMs;
    return (eventTimeMs - this.firstEventMs) / this.pace.speedUp;
  }
}
