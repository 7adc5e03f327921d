import { z } from 'zod';
import { isZone } from '../time/zone';
import { CALENDAR_UNITS } from '../windows/calendar-window';
import { nearest } from './nearest';
import { choice, choiceMessage, duration, neededForState, positiveDuration, strict } from './schema-kit';

const SUPPORTED_KINDS = ['tumbling', 'calendar'] as const;
const PLANNED_KINDS = ['hopping', 'sliding', 'session', 'cumulative', 'count', 'global'];

/** Offsets such as `+08:00` name no place, and older runtimes do not know them. */
const isIanaZone = (zone: string): boolean => /^[A-Za-z]/.test(zone) && isZone(zone);

function unknownZone(zone: string): string {
  const meant = nearest(zone, ['UTC', ...Intl.supportedValuesOf('timeZone')]);
  return `"${zone}" is no IANA time zone${meant ? `; did you mean "${meant}"?` : ', such as Asia/Shanghai or UTC'}`;
}

const zone = () => z.string().refine(isIanaZone, { error: (issue) => unknownZone(String(issue.input)) });

const tumblingSchema = strict({
  kind: z.literal('tumbling'),
  size: positiveDuration(),
  offset: duration().prefault('0s'),
  grace: duration().prefault('0s'),
}).superRefine((window, context) => {
  if (window.offset < window.size || window.size === 0) return;
  context.addIssue({ code: 'custom', path: ['offset'], message: 'must be shorter than size' });
});

const calendarSchema = strict(
  {
    kind: z.literal('calendar'),
    unit: choice(CALENDAR_UNITS),
    zone: zone().describe('IANA name, such as Asia/Shanghai'),
    grace: duration().prefault('0s'),
  },
  ['zoneField'],
);

function kindOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'kind' in input ? input.kind : undefined;
}

export const windowSchema = z.discriminatedUnion('kind', [tumblingSchema, calendarSchema], {
  error: (issue) =>
    issue.code === 'invalid_union'
      ? choiceMessage(kindOf(issue.input), SUPPORTED_KINDS, PLANNED_KINDS)
      : neededForState(issue),
});

/** Times in milliseconds. */
export type WindowDefinition = z.output<typeof windowSchema>;
