/** The first chunk of a stream that holds anything, and the stream as it was. */
export async function firstBytes(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ first: Uint8Array; whole: AsyncIterable<Uint8Array> }> {
  const chunks = stream[Symbol.asyncIterator]();
  let head = await chunks.next();
  while (!head.done && head.value.length === 0) head = await chunks.next();
  if (head.done) return { first: new Uint8Array(), whole: empty() };
  return { first: head.value, whole: again(head.value, chunks) };
}

async function* again(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    // Whoever stops early leaves no open file behind.
    await rest.return?.();
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {
  // Nothing was there.
}
