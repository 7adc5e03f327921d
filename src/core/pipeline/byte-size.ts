const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, KiB: 1024, MiB: 1024 * 1024 };

/** Bytes of `4096B`, `64KiB`, `1MiB`, `500KB`, `1MB`; `undefined` for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,9})(B|KB|MB|KiB|MiB)$/.exec(text);
  return match ? Number(match[1]) * (UNIT_BYTES[match[2] ?? ''] ?? NaN) : undefined;
}
