import { ask } from '../probes.mjs';

const CLIENT = 'millrace-stack';
const METADATA = { key: 3, version: 1 };
const FIND_COORDINATOR = { key: 10, version: 1 };
const LIST_GROUPS = { key: 16, version: 0 };
const GROUP = 0;
const TRANSACTION = 1;

/**
 * Kafka serves clients at once, groups and transactions included:
 * 1. Metadata lists a broker. ApiVersions is answered while the broker is still fenced.
 * 2. Both kinds of coordinator are found. The first question makes their internal topics, on which
 *    the first group of a new cluster would wait with COORDINATOR_LOAD_IN_PROGRESS.
 * 3. ListGroups succeeds, which it does only when no partition of the groups' topic is loading.
 */
export async function kafkaAnswers(port) {
  const noTopics = int32(0);
  const metadata = await request(port, METADATA, noTopics);
  if (metadata.readInt32BE(0) < 1) return false;
  for (const keyType of [GROUP, TRANSACTION]) {
    const coordinator = await request(port, FIND_COORDINATOR, Buffer.concat([text(CLIENT), Buffer.from([keyType])]));
    if (coordinator.readInt16BE(4) !== 0) return false;
  }
  const groups = await request(port, LIST_GROUPS, Buffer.alloc(0));
  return groups.readInt16BE(0) === 0;
}

/** One request with header v1; the answer's body, behind its size and correlation id. */
async function request(port, { key, version }, body) {
  const message = Buffer.concat([int16(key), int16(version), int32(1), text(CLIENT), body]);
  const isComplete = (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0);
  const answer = await ask(port, Buffer.concat([int32(message.length), message]), isComplete);
  return answer.subarray(8);
}

function text(value) {
  return Buffer.concat([int16(value.length), Buffer.from(value, 'latin1')]);
}

function int16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
