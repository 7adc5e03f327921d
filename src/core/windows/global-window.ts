import type { Window, WindowAssigner } from './window';

export const GLOBAL_WINDOW: Window = { startMs: 0, endMs: Infinity, zone: 'UTC' };

/** The one window of `global`, which no watermark closes. Rows do not show it. */
export class GlobalWindowAssigner implements WindowAssigner {
  private readonly windows: readonly Window[] = [GLOBAL_WINDOW];

  assign(): readonly Window[] {
    return this.windows;
  }
}
