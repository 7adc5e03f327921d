import { z } from 'zod';
import { isIanaZone, unknownZone } from '../time/zone-name';
import { CALENDAR_UNITS } from '../windows/calendar-window';
import { choice, choiceMessage, duration, neededForState, positiveDuration, strict } from './schema-kit';

const SUPPORTED_KINDS = ['tumbling', 'calendar'] as const;
const PLANNED_KINDS = ['hopping', 'sliding', 'session', 'cumulative', 'count', 'global'];

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
