/** What one client of a live feed is told. */
export interface LiveEvent {
  /** A snapshot replaces all rows that the client has; rows are newer versions. */
  readonly event: 'snapshot' | 'rows';
  /** How far the client has read once it has this: what it resumes from. */
  readonly id: string;
  /** As `rowText` makes them. */
  readonly rows: readonly string[];
  /** Of a snapshot that is not whole: `/rows` goes on from it. */
  readonly cursor?: string | undefined;
}

/** The way to one client: an event stream, or a part of a socket. */
export interface LiveOutlet {
  /** Whether the client has not taken what was sent before. */
  readonly isBlocked: boolean;
  readonly isClosed: boolean;
  /** Before the first event. */
  open(): void;
  send(event: LiveEvent): void;
  /** Says that the connection lives, and how far the client has read although no row was for it. */
  heartbeat(id: string): void;
  /** Calls back once: when the client can take more, or is gone. At once if it can already. */
  whenReady(callback: () => void): void;
  ready(): Promise<void>;
  /** Calls back once, when the client is gone or {@link close} was called. */
  onClose(callback: () => void): void;
  close(): void;
}

/** The members of the event's JSON object. */
export function eventText({ rows, cursor }: LiveEvent): string {
  const rest = cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`;
  return `"rows":[${rows.join(',')}]${rest}`;
}
