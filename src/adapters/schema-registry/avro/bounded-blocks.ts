import { types } from 'avsc';

/** Of items that take no bytes, such as nulls: a count alone could ask for any number of them. */
const MAX_EMPTY_ITEMS = 1_024;

/** What the readers of avsc (5.7) share: bytes and the place in them. Beyond the end every number is 0. */
interface Tap {
  readonly buf: Uint8Array;
  readonly pos: number;
  readLong(): number;
  skipLong(): void;
  readString(): string;
}

interface Reader {
  _read(tap: Tap): unknown;
}

/**
 * avsc makes room for as many items as a list or map says that it has, and reads them, before it looks whether the value has
 * as many bytes: eight bytes could take all memory. Here more items than bytes are refused at once.
 */
export function boundBlocks(): void {
  const ofList = types.ArrayType.prototype as unknown as { _read(this: { itemsType: Reader }, tap: Tap): unknown };
  ofList._read = function read(tap) {
    const items: unknown[] = [];
    for (let count = countOf(tap); count > 0; count = countOf(tap)) {
      while (count-- > 0) {
        items.push(this.itemsType._read(tap));
        checkEnd(tap);
      }
    }
    return items;
  };
  const ofMap = types.MapType.prototype as unknown as { _read(this: { valuesType: Reader }, tap: Tap): unknown };
  ofMap._read = function read(tap) {
    const entries: Record<string, unknown> = {};
    for (let count = countOf(tap); count > 0; count = countOf(tap)) {
      while (count-- > 0) {
        const key = tap.readString();
        entries[key] = this.valuesType._read(tap);
        checkEnd(tap);
      }
    }
    return entries;
  };
}

/** A negative count is followed by the size of the block in bytes. */
function countOf(tap: Tap): number {
  const given = tap.readLong();
  if (given < 0) tap.skipLong();
  const count = Math.abs(given);
  if (count <= Math.max(tap.buf.length - tap.pos, MAX_EMPTY_ITEMS)) return count;
  throw new Error(`a list or map says that it has ${count} items, more than the value has bytes`);
}

function checkEnd({ buf, pos }: Tap): void {
  if (pos > buf.length) throw new Error('a list or map goes on after the end of the value');
}
