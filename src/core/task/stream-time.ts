import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { TaskProgress } from '../ports/state-store.port';
import type { SeenSources } from '../repartition/seen-sources';
import type { TaskWindows } from './task-windows';

export interface StreamTimeOptions {
  readonly pipeline: Pick<CompiledPipeline, 'outOfOrdernessMs'>;
  /** Told of each advance of the watermark. */
  readonly windows: TaskWindows;
  /** In stage 2 of a repartitioned pipeline: source partitions tell their watermarks themselves. */
  readonly sources: SeenSources | undefined;
  readonly restored: Pick<TaskProgress, 'streamTimeMs' | 'watermarkMs'> | undefined;
}

/** How far a task has come in event time: `semantics.md` section 1. Neither of its times ever goes back. */
export class StreamTime {
  /** `S`, epoch ms; `-1` before the first accepted record. */
  streamTimeMs: number;
  /** `W`, epoch ms; `-1` before the first accepted record. */
  watermarkMs: number;

  constructor(private readonly options: StreamTimeOptions) {
    const { restored, windows } = options;
    this.streamTimeMs = restored?.streamTimeMs ?? -1;
    this.watermarkMs = restored?.watermarkMs ?? -1;
    if (restored) windows.advance(this.watermarkMs, 'watermark');
  }

  /** A record of this event time was accepted. */
  advanceTo(eventTimeMs: number): void {
    if (eventTimeMs <= this.streamTimeMs) return;
    this.streamTimeMs = eventTimeMs;
    const { sources, pipeline } = this.options;
    if (!sources) this.advanceWatermark(eventTimeMs - pipeline.outOfOrdernessMs);
  }

  advanceWatermark(watermarkMs: number): void {
    if (watermarkMs <= this.watermarkMs) return;
    this.watermarkMs = watermarkMs;
    this.options.windows.advance(watermarkMs, 'watermark');
  }

  /** Section 5: there is evidence that the partition is idle. False if that advances nothing. */
  advanceIdle(watermarkMs: number): boolean {
    if (watermarkMs <= this.watermarkMs) return false;
    this.watermarkMs = watermarkMs;
    this.options.windows.advance(watermarkMs, 'idle');
    return true;
  }
}
