import { z } from 'zod';

const schema = z.object({
  /** Orders the rows of one key. */
  version: z.string(),
  value: z.number(),
  title: z.string(),
  /** When the row came, by the clock of the service. */
  atMs: z.number(),
});

/** The number of one key that a `metrics` sink shows, as it stands in the checkpoint. */
export type ShownNumber = z.output<typeof schema>;

export function encodeShownNumber(shown: ShownNumber): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(shown));
}

/** Throws what Zod does for what {@link encodeShownNumber} has not made. */
export function decodeShownNumber(bytes: Uint8Array): ShownNumber {
  return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
}
