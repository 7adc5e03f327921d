/** What step 6 stores beside the offset, for a start without the state store. */
export interface MirrorMetadata {
  /** Where the state began: what a rebuild has to read from. */
  readonly startOffset: bigint;
  readonly generation: bigint;
}

export function mirrorMetadata({ startOffset, generation }: MirrorMetadata): string {
  return `millrace start=${startOffset} generation=${generation}`;
}

/** Zeroes for what another program has written. */
export function parseMirrorMetadata(text: string): MirrorMetadata {
  const match = /^millrace start=(\d+) generation=(\d+)$/.exec(text);
  return { startOffset: BigInt(match?.[1] ?? 0), generation: BigInt(match?.[2] ?? 0) };
}
