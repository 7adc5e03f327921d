import type { RecordHeaders, SourceRecord } from '../../core/ports/record-source.port';
import type { RecordRangeReader, TransactionLog, TransactionTarget } from '../../core/ports/transaction-log.port';
import { taskName } from '../../core/task/task-id';
import { shownRow } from './row-version';
import type { SentRows } from './sent-rows';
import { decodeTransaction, type SentTransaction } from './sent-transaction';

/** Of each record: its task, because tasks share partitions. */
export const TASK_HEADER = 'millrace-task';
/** Of one record of a transaction: the one before, see `encodeTransaction`. */
export const PREVIOUS_HEADER = 'millrace-previous';

export interface HistoryOptions {
  readonly log: TransactionLog;
  readonly target: TransactionTarget;
  /** The last committed transaction. */
  readonly newest: SentTransaction | undefined;
  /** The sequence up to which the checkpoint knows what was shown. */
  readonly known: bigint;
  /** Rows of generations before are older than any that is yet to come. */
  readonly generation: bigint;
  readonly sent: SentRows;
}

/**
 * Remembers what the transactions after `known` have shown, from the newest back, each of which names the one before.
 * Throws TransientError.
 */
export async function rememberSince({ log, target, newest, known, generation, sent }: HistoryOptions): Promise<void> {
  const isUnknown = (at: SentTransaction | undefined): at is SentTransaction =>
    at !== undefined && at.sequence > known && at.generation >= generation && at.topic === target.topic;
  if (!isUnknown(newest)) return;
  const reader = log.reader(target);
  try {
    for (let at: SentTransaction | undefined = newest; isUnknown(at);) at = await remember(at, reader, target, sent);
  } finally {
    await reader.close();
  }
}

/** The transaction before; `undefined` if there is none or the log has lost it. */
async function remember(
  { ranges }: SentTransaction,
  reader: RecordRangeReader,
  { task }: TransactionTarget,
  sent: SentRows,
): Promise<SentTransaction | undefined> {
  let previous: SentTransaction | undefined;
  for (const record of await reader.read(ranges)) {
    if (headerText(record, TASK_HEADER) !== taskName(task)) continue;
    const { identity, version } = shownRow(record, task);
    sent.remember(identity, version);
    previous ??= decodeTransaction(headerText(record, PREVIOUS_HEADER));
  }
  return previous;
}

function headerText({ headers }: SourceRecord, name: string): string {
  const content: RecordHeaders[string] | undefined = headers?.[name];
  if (content === undefined || content === null || typeof content === 'string') return content ?? '';
  return content instanceof Uint8Array ? new TextDecoder().decode(content) : '';
}
