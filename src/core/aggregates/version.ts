import { FatalError } from '../errors';
import type { ByteReader } from './bytes';

/** Reads the version byte that starts every encoded accumulator. Throws FatalError unless it is `known`. */
export function expectVersion(reader: ByteReader, aggregate: string, known: number): void {
  const found = reader.uint8();
  if (found === known) return;
  throw new FatalError(
    `The state of ${aggregate} has version ${found}, this build reads version ${known}. ` +
      `Run the build that wrote it, or reset the pipeline.`,
  );
}
