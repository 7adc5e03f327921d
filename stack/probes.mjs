import net from 'node:net';

const ANSWER_MS = 2_000;

/** Redis serves commands: `+PONG`, not `-LOADING` while the append-only file is read. */
export async function redisAnswers(port) {
  const answer = await ask(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'));
  return answer.toString('latin1').startsWith('+PONG');
}

/**
 * Kafka serves clients: a Metadata v1 request lists at least one broker. ApiVersions is answered
 * while the broker is still fenced; a fenced broker is not in the list.
 */
export async function kafkaAnswers(port) {
  const clientId = 'millrace-stack';
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4);
  body.writeInt32BE(body.length - 4, 0);
  body.writeInt16BE(3, 4); // Metadata
  body.writeInt16BE(1, 6);
  body.writeInt32BE(1, 8); // correlation id
  body.writeInt16BE(clientId.length, 12);
  body.write(clientId, 14, 'latin1');
  body.writeInt32BE(0, 14 + clientId.length); // no topics
  const answer = await ask(port, body, (bytes) => bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32BE(0));
  const correlationId = answer.readInt32BE(4);
  const brokers = answer.readInt32BE(8);
  return correlationId === 1 && brokers >= 1;
}

/** Cassandra serves CQL: an OPTIONS frame of protocol v4 is answered by SUPPORTED (opcode 6). */
export async function cassandraAnswers(port) {
  const options = Buffer.from([0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00]);
  const answer = await ask(port, options, (bytes) => bytes.length >= 9);
  return answer[4] === 0x06;
}

/** Sends one request on a fresh connection; rejects on refusal, on an early end or after two seconds. */
function ask(port, request, isComplete) {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = net.connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    const finish = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.setTimeout(ANSWER_MS, () => finish(reject, new Error(`port ${port}: no answer in ${ANSWER_MS} ms`)));
    socket.on('error', (error) => finish(reject, error));
    socket.on('close', () => reject(new Error(`port ${port}: closed without an answer`)));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (isComplete(answer)) finish(resolve, answer);
    });
  });
}
