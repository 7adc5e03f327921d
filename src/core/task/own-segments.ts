const SINK_PREFIX = 'sink:';

/** The segment of the state store in which a task keeps the records that wait because their key is parked. */
export const PARKED_SEGMENT = 'parked';

/** The segment of the state store in which a sink keeps what it has to know of the rows that it has shown. */
export function sinkSegment(sinkName: string): string {
  return SINK_PREFIX + sinkName;
}

/** Whether a segment holds windows, rather than what sinks or parked keys need. */
export function isWindowSegment(id: string): boolean {
  return id !== PARKED_SEGMENT && !id.startsWith(SINK_PREFIX);
}
