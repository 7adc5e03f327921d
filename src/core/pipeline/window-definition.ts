import { z } from 'zod';
import { greatestCommonDivisor } from '../greatest-common-divisor';
import { isIanaZone, unknownZone } from '../time/zone-name';
import { CALENDAR_UNITS } from '../windows/calendar-window';
import { fieldName } from './source-definition';
import { choice, choiceMessage, duration, positiveDuration, strict } from './schema-kit';

const WINDOW_KINDS = [
  'tumbling',
  'hopping',
  'sliding',
  'session',
  'cumulative',
  'calendar',
  'count',
  'global',
] as const;

/** A record costs the same however many windows hold it, but a row is merged from this many slices at most. */
const MOST_SLICES = 10_000;

const zone = () => z.string().refine(isIanaZone, { error: (issue) => unknownZone(String(issue.input)) });
const grace = () =>
  duration()
    .prefault('0s')
    .describe('How long a window waits for late records after its end, by the watermark, before it closes');
const offset = () => duration().prefault('0s').describe('Shifts the windows, which are aligned to the epoch in UTC');

const tumblingSchema = strict({
  kind: z.literal('tumbling'),
  size: positiveDuration(),
  offset: offset(),
  grace: grace(),
}).superRefine((window, context) => {
  if (window.size > 0 && window.offset >= window.size) wrong(context, 'offset', 'must be shorter than size');
});

const hoppingSchema = strict({
  kind: z.literal('hopping'),
  size: positiveDuration(),
  advance: positiveDuration().describe('Time between the starts of two windows; at most size'),
  offset: offset(),
  grace: grace(),
}).superRefine(({ size, advance, offset: shift }, context) => {
  if (size <= 0 || advance <= 0) return;
  if (advance > size)
    return wrong(context, 'advance', 'must not be longer than size, or records would be in no window');
  if (shift >= advance) wrong(context, 'offset', 'must be shorter than advance');
  checkSlices(context, 'advance', size, greatestCommonDivisor(size, advance));
});

const cumulativeSchema = strict({
  kind: z.literal('cumulative'),
  size: positiveDuration().describe('Length of the longest window'),
  step: positiveDuration().describe('By how much each window is longer than the one before; size is a multiple of it'),
  grace: grace(),
}).superRefine(({ size, step }, context) => {
  if (size <= 0 || step <= 0) return;
  if (size % step !== 0) return wrong(context, 'step', 'size must be a multiple of it');
  checkSlices(context, 'step', size, step);
});

const slidingSchema = strict({
  kind: z.literal('sliding'),
  size: positiveDuration().describe('Greatest difference of time between two records of a window'),
  grace: grace(),
});

const sessionSchema = strict({
  kind: z.literal('session'),
  gap: positiveDuration().describe('Records of a key at most this far apart are one session'),
  grace: grace(),
});

const calendarSchema = strict({
  kind: z.literal('calendar'),
  unit: choice(CALENDAR_UNITS),
  zone: zone().optional().describe('IANA name, such as Asia/Shanghai'),
  zoneField: fieldName().optional().describe('Field of the record that names its zone; instead of zone'),
  grace: grace(),
}).superRefine((window, context) => {
  if (window.zone !== undefined && window.zoneField !== undefined) {
    wrong(context, 'zoneField', 'either zone or zoneField, not both');
  }
  if (window.zone === undefined && window.zoneField === undefined) {
    wrong(context, 'zone', 'is missing; an IANA name such as Asia/Shanghai, or zoneField, is needed');
  }
});

const countSchema = strict({
  kind: z.literal('count'),
  size: z.int().min(1).max(1_000_000).describe('Records of a key in one window, in order of arrival'),
});

const globalSchema = strict({ kind: z.literal('global') });

function wrong(context: z.RefinementCtx, property: string, message: string): void {
  context.addIssue({ code: 'custom', path: [property], message });
}

function checkSlices(context: z.RefinementCtx, property: string, sizeMs: number, sliceMs: number): void {
  const slices = sizeMs / sliceMs;
  if (slices <= MOST_SLICES) return;
  const what = `size and ${property} cut each window into ${slices} slices of ${sliceMs} ms, at most ${MOST_SLICES} are taken`;
  wrong(context, property, `${what}; choose another ${property}, one that goes into size more evenly`);
}

function kindOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
}

export const windowSchema = z.discriminatedUnion(
  'kind',
  [
    tumblingSchema,
    hoppingSchema,
    slidingSchema,
    sessionSchema,
    cumulativeSchema,
    calendarSchema,
    countSchema,
    globalSchema,
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? choiceMessage(kindOf(issue.input), WINDOW_KINDS, []) : undefined,
  },
);

/** Times in milliseconds. */
export type WindowDefinition = z.output<typeof windowSchema>;
