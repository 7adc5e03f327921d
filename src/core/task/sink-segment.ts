const PREFIX = 'sink:';

/** The segment of the state store in which a sink keeps what it has to know of the rows that it has shown. */
export function sinkSegment(sinkName: string): string {
  return PREFIX + sinkName;
}

/** Whether a segment belongs to a sink, and not to windows. */
export function isSinkSegment(id: string): boolean {
  return id.startsWith(PREFIX);
}
