import { SingleBar } from 'cli-progress';
import type { Clock } from '../core/ports/clock.port';
import type { IngestProgress } from '../ingestion/ingest';

/** Shows how an ingestion gets on. */
export interface ProgressDisplay {
  update(progress: IngestProgress): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;
const MIB = 2 ** 20;

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  /** Of the file; `undefined` when its end is not known. */
  readonly totalBytes: number | undefined;
  readonly clock: Clock;
}

/** A bar on a terminal; a line every five seconds elsewhere, or when the size of the input is not known. */
export function progressDisplay(options: ProgressOptions): ProgressDisplay {
  return options.stream.isTTY && options.totalBytes ? barDisplay(options, options.totalBytes) : lineDisplay(options);
}

function barDisplay({ stream, clock }: ProgressOptions, totalBytes: number): ProgressDisplay {
  const startMs = clock.now();
  const bar = new SingleBar({
    stream,
    hideCursor: true,
    etaBuffer: 50,
    format: ' {bar} {percentage}% | {records} records | {rate} records/s | {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(totalBytes, 0, { records: 0, rate: 0 });
  return {
    update: ({ bytesRead, produced }) =>
      bar.update(bytesRead, { records: produced, rate: rateOf(produced, clock.now() - startMs) }),
    stop: () => bar.stop(),
  };
}

function lineDisplay({ stream, totalBytes, clock }: ProgressOptions): ProgressDisplay {
  const startMs = clock.now();
  let lastMs = startMs;
  return {
    update({ bytesRead, produced }) {
      const nowMs = clock.now();
      if (nowMs - lastMs < LINE_EVERY_MS) return;
      lastMs = nowMs;
      const rate = `${produced} records, ${rateOf(produced, nowMs - startMs)} records/s`;
      stream.write(`${rate}, ${remaining(bytesRead, totalBytes, nowMs - startMs)}\n`);
    },
    stop: () => undefined,
  };
}

function remaining(bytesRead: number, totalBytes: number | undefined, elapsedMs: number): string {
  if (!totalBytes || bytesRead === 0) return `${(bytesRead / MIB).toFixed(1)} MiB read`;
  const leftS = Math.ceil(((totalBytes - bytesRead) * elapsedMs) / bytesRead / 1000);
  return `${Math.floor((100 * bytesRead) / totalBytes)} %, ${leftS} s left`;
}

export function rateOf(records: number, elapsedMs: number): number {
  return Math.round((records * 1000) / Math.max(1, elapsedMs));
}
