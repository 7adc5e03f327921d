import type { Example } from './example';
import { runExample, type RunRecord } from './example-run';
import { timeText } from './rows-text';
import { box, dot, line, svgOf, text } from './svg';

const WIDTH = 800;
const HEIGHT = 420;
const LEFT = 64;
const STEP = 54;
const TOP = 24;
const BOTTOM = 372;
const MINUTE_MS = 60_000;

/** A tumbling window, from the first record to the one at which it closes. */
interface Band {
  readonly startMs: number;
  readonly endMs: number;
  /** Index of the record that closed it; the number of records for one that stays open. */
  readonly closedAt: number;
}

/** Arrival from left to right, event time upwards: records, the watermark, and windows for as long as they are open. */
export function watermarkPicture(example: Example): string {
  const run = runExample(example);
  const { records } = run;
  const bands = bandsOf(run);
  const fromMs = Math.min(...bands.map(({ startMs }) => startMs));
  const toMs = Math.max(...bands.map(({ endMs }) => endMs));
  const y = (ms: number): number => BOTTOM - ((ms - fromMs) / (toMs - fromMs)) * (BOTTOM - TOP);
  const x = (i: number): number => LEFT + 30 + i * STEP;
  const shapes = [
    ...axisLines(fromMs, toMs, y),
    ...bands.flatMap((band) => bandShapes(band, records.length, x, y)),
    watermarkLine(records, x, y),
    ...records.map(({ n, sensor, timeMs, latenessMs }, i) =>
      dot(x(i), y(timeMs), { n, sensor, late: latenessMs !== undefined }),
    ),
    text(x(0) - 20, HEIGHT - 22, 'order of arrival, from left to right; up: event time; the line is the watermark W'),
    text(x(0) - 20, HEIGHT - 6, 'a shaded window takes records; one that falls where nothing is shaded is late (red)'),
  ];
  return svgOf({ title: 'Records, watermark and windows', width: WIDTH, height: HEIGHT, shapes });
}

function bandsOf({ events, records }: ReturnType<typeof runExample>): Band[] {
  const bands = new Map<number, Band>();
  for (const { after, row } of events) {
    if (!row?.window) continue;
    const { startMs, endMs } = row.window;
    const index = records.findIndex(({ n }) => after === `record ${n}`);
    bands.set(startMs, { startMs, endMs, closedAt: index < 0 ? records.length : index });
  }
  return [...bands.values()];
}

function axisLines(fromMs: number, toMs: number, y: (ms: number) => number): string[] {
  const shapes: string[] = [];
  for (let ms = fromMs; ms <= toMs; ms += MINUTE_MS) {
    shapes.push(line([LEFT, y(ms)], [WIDTH - 24, y(ms)], 'axis'), text(LEFT - 8, y(ms) + 4, timeText(ms), 'end'));
  }
  return shapes;
}

function bandShapes(
  { startMs, endMs, closedAt }: Band,
  count: number,
  x: (i: number) => number,
  y: (ms: number) => number,
): string[] {
  const isClosed = closedAt < count;
  const right = isClosed ? x(closedAt) : WIDTH - 24;
  const area = { x: LEFT, y: y(endMs) + 1, width: right - LEFT, height: Math.round(y(startMs) - y(endMs) - 2) };
  const words = isClosed
    ? `window ${timeText(startMs)} - ${timeText(endMs)} is closed`
    : `${timeText(startMs)} - ${timeText(endMs)} is open`;
  const label = isClosed ? text(right + 8, y(startMs) - 8, words) : text(LEFT + 8, y(endMs) + 16, words);
  return [box(area, 'window a'), label];
}

function watermarkLine(records: readonly RunRecord[], x: (i: number) => number, y: (ms: number) => number): string {
  const points = records.flatMap(({ watermarkMs }, i) => {
    const before = records[i - 1]?.watermarkMs ?? watermarkMs;
    return [`${x(i)},${y(before).toFixed(1)}`, `${x(i)},${y(watermarkMs).toFixed(1)}`];
  });
  const lastY = y(records.at(-1)!.watermarkMs).toFixed(1);
  return `<polyline class="line" points="${[...points, `${WIDTH - 24},${lastY}`].join(' ')}"/>`;
}
