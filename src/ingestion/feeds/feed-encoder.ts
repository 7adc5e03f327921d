import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import type { SchemaCodec, ValueEncoder } from '../../core/ports/schema-codec.port';

/** What the values of a feed are written with; `undefined` for JSON. Throws as `SchemaCodec.encoderFor` does. */
export async function feedEncoder({ writing }: CompiledFeed, codec: SchemaCodec): Promise<ValueEncoder | undefined> {
  return writing && codec.encoderFor(writing);
}
