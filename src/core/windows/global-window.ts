import type { Window, WindowAssigner } from './window';

/** The one window of `global`, which no watermark closes. Rows do not show it. */
export class GlobalWindowAssigner implements WindowAssigner {
  private readonly windows: readonly Window[] = [{ startMs: 0, endMs: Infinity, zone: 'UTC' }];

  assign(): readonly Window[] {
    return this.windows;
  }
}
