import net from 'node:net';

const ANSWER_MS = 2_000;

/** Redis serves commands: `+PONG`, not `-LOADING` while the append-only file is read. */
export async function redisAnswers(port) {
  const answer = await ask(port, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'));
  return answer.toString('latin1').startsWith('+PONG');
}

/** Cassandra serves CQL: an OPTIONS frame of protocol v4 is answered by SUPPORTED (opcode 6). */
export async function cassandraAnswers(port) {
  const options = Buffer.from([0x04, 0x00, 0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00]);
  const answer = await ask(port, options, (bytes) => bytes.length >= 9);
  return answer[4] === 0x06;
}

/** Sends one request on a fresh connection; rejects on refusal, on an early end or after two seconds. */
export function ask(port, request, isComplete) {
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
