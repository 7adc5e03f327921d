/** The id of the next live-feed entry of a task: `<offset>-<sequence>`, greater than `last`. */
export function nextFeedId(last: string, nextOffset: bigint): string {
  const [offset, sequence] = partsOf(last);
  return offset >= nextOffset ? `${offset}-${sequence + 1n}` : `${nextOffset}-0`;
}

/** Negative when `a` is older than `b`, positive when it is newer. */
export function compareFeedIds(a: string, b: string): number {
  const [offsetA, sequenceA] = partsOf(a);
  const [offsetB, sequenceB] = partsOf(b);
  if (offsetA !== offsetB) return offsetA < offsetB ? -1 : 1;
  return sequenceA === sequenceB ? 0 : sequenceA < sequenceB ? -1 : 1;
}

function partsOf(id: string): [bigint, bigint] {
  const [offset = '0', sequence = '0'] = id.split('-');
  return [BigInt(offset), BigInt(sequence)];
}
