import pino, { type DestinationStream } from 'pino';

const STDERR = 2;

/** Where commands log: their results have standard output for themselves. */
export function stderrDestination(): DestinationStream {
  return pino.destination({ dest: STDERR, sync: true });
}
