import type { Row } from '../../../src/core/row/row';
import type { Example } from './example';
import { type ExampleRun, runExample, type RunRecord } from './example-run';
import { recordsOf, timeText } from './rows-text';
import { box, dot, line, svgOf, text, textWidth } from './svg';

const WIDTH = 800;
const LEFT = 78;
const RIGHT = 24;
const BAR = 20;
const BAR_STEP = 24;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A window on the picture: its last row, or that it was deleted. */
interface Bar {
  readonly startMs: number;
  readonly endMs: number;
  readonly label: string;
  readonly isGone: boolean;
}

/** Of a definition as it is written. */
type WindowFields = { readonly kind: string } & Readonly<Record<string, string>>;

interface Axis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly x: (ms: number) => number;
  /** Between two labels. */
  readonly stepMs: number;
}

/** The records of an example on the axis of event time, and under those of each key the windows that the engine made. */
export function windowPicture(example: Example): string {
  const run = runExample(example);
  const window = example.spec['window'] as WindowFields;
  const bars = barsBySensor(run, window.kind);
  const axis = axisOf(run.records, [...bars.values()].flat());
  const lanes: string[] = [];
  let y = 52;
  for (const [sensor, ofSensor] of bars) {
    const lane = laneOf({ sensor, run, bars: ofSensor, axis, y });
    lanes.push(...lane.shapes);
    y = lane.bottom + 18;
  }
  const slices = sliceLines(window, axis, y);
  const height = y + (slices.length > 0 ? 22 : 0);
  const shapes = [...axisLines(axis, y), ...slices, ...lanes];
  return svgOf({ title: `${window.kind} windows`, width: WIDTH, height, shapes });
}

function barsBySensor({ events }: ExampleRun, kind: string): Map<string, Bar[]> {
  const rows = new Map<string, Row>();
  for (const { row } of events) {
    if (!row) continue;
    const { startMs = -Infinity, endMs = Infinity, index = 0 } = row.window ?? {};
    rows.set(`${row.keyText} ${startMs} ${endMs} ${index}`, row);
  }
  const bars = new Map<string, Bar[]>();
  for (const row of [...rows.values()].sort(byKeyAndStart)) {
    bars.set(row.keyText, [...(bars.get(row.keyText) ?? []), barOf(row, kind)]);
  }
  return bars;
}

function byKeyAndStart(a: Row, b: Row): number {
  if (a.keyText !== b.keyText) return a.keyText < b.keyText ? -1 : 1;
  return (a.window?.startMs ?? 0) - (b.window?.startMs ?? 0) || (a.window?.endMs ?? 0) - (b.window?.endMs ?? 0);
}

function barOf(row: Row, kind: string): Bar {
  const { startMs = -Infinity, endMs = Infinity } = row.window ?? {};
  const records = recordsOf(row).join(' ');
  const label = kind === 'calendar' ? `${(endMs - startMs) / HOUR_MS} h: ${records}` : records;
  return { startMs, endMs, label: row.values ? label : 'deleted', isGone: !row.values };
}

function axisOf(records: readonly RunRecord[], bars: readonly Bar[]): Axis {
  const times = [...records.map(({ timeMs }) => timeMs), ...bars.flatMap(({ startMs, endMs }) => [startMs, endMs])];
  const finite = times.filter(Number.isFinite);
  const isLong = Math.max(...finite) - Math.min(...finite) > 2 * HOUR_MS;
  const unitMs = isLong ? HOUR_MS : MINUTE_MS;
  const fromMs = Math.floor(Math.min(...finite) / unitMs) * unitMs;
  const toMs = Math.ceil(Math.max(...finite) / unitMs) * unitMs;
  const x = (ms: number): number => LEFT + ((ms - fromMs) / (toMs - fromMs)) * (WIDTH - LEFT - RIGHT);
  return { fromMs, toMs, x, stepMs: isLong ? 12 * HOUR_MS : MINUTE_MS };
}

function axisLines({ fromMs, toMs, x, stepMs }: Axis, bottom: number): string[] {
  const shapes: string[] = [];
  for (let ms = Math.ceil(fromMs / stepMs) * stepMs; ms <= toMs; ms += stepMs) {
    shapes.push(line([x(ms), 26], [x(ms), bottom - 8], 'axis'));
    shapes.push(text(x(ms), 18, timeText(ms, stepMs > HOUR_MS), 'middle'));
  }
  return shapes;
}

interface Lane {
  readonly sensor: string;
  readonly run: ExampleRun;
  readonly bars: readonly Bar[];
  readonly axis: Axis;
  readonly y: number;
}

function laneOf({ sensor, run, bars, axis, y }: Lane): { shapes: string[]; bottom: number } {
  const records = run.records.filter((record) => record.sensor === sensor);
  const dots = records.map(({ n, timeMs, latenessMs }, i) => {
    const isCrowded = i > 0 && Math.abs(axis.x(timeMs) - axis.x(records[i - 1]!.timeMs)) < 18;
    return dot(axis.x(timeMs), isCrowded ? y - 16 : y, { n, sensor, late: latenessMs !== undefined });
  });
  const { shapes, lines } = barShapes(bars, { sensor, axis, top: y + 16 });
  const name = text(10, y + 4, `sensor ${sensor}`, 'strong');
  return { shapes: [name, ...dots, ...shapes], bottom: y + 16 + lines * BAR_STEP };
}

interface BarPlace {
  readonly sensor: string;
  readonly axis: Axis;
  readonly top: number;
}

/** Each bar on the first line on which it has room, its label inside or, where that is too narrow, just after it. */
function barShapes(bars: readonly Bar[], { sensor, axis, top }: BarPlace): { shapes: string[]; lines: number } {
  const endsOfLines: number[] = [];
  const shapes = bars.map(({ startMs, endMs, label, isGone }) => {
    const from = axis.x(Math.max(startMs, axis.fromMs));
    const width = Math.max(axis.x(Math.min(endMs, axis.toMs)) - from - 2, 3);
    const isInside = textWidth(label) + 4 <= width;
    const free = endsOfLines.findIndex((end) => end <= from);
    const at = free < 0 ? endsOfLines.length : free;
    endsOfLines[at] = from + width + (isInside ? 0 : textWidth(label) + 8);
    const y = top + at * BAR_STEP;
    const rect = box({ x: from + 1, y, width, height: BAR }, `${isGone ? 'gone' : 'window'} ${sensor}`);
    return `${rect}${text(isInside ? from + 7 : from + width + 5, y + 14, label)}`;
  });
  return { shapes, lines: endsOfLines.length };
}

/** The slices under hopping and cumulative windows, of which all lengths are in minutes here. */
function sliceLines({ kind, size, advance, step }: WindowFields, axis: Axis, y: number): string[] {
  if (kind !== 'hopping' && kind !== 'cumulative') return [];
  const minutes = kind === 'hopping' ? greatestDivisor(parseInt(size!), parseInt(advance!)) : parseInt(step!);
  const sliceMs = minutes * MINUTE_MS;
  const shapes: string[] = [];
  for (let ms = Math.ceil(axis.fromMs / sliceMs) * sliceMs; ms <= axis.toMs; ms += sliceMs) {
    shapes.push(line([axis.x(ms), 26], [axis.x(ms), y + 8], 'slice'));
    if (ms < axis.toMs) shapes.push(text(axis.x(ms + sliceMs / 2), y + 6, 'slice', 'middle'));
  }
  return shapes;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
