import { messageOf, PoisonRecordError } from '../errors';
import type { Fields } from '../pipeline/compiled-pipeline';
import { type Decoder, textOf } from './decoder';
import { kindOf } from './displayed';

/** One JSON object in UTF-8. A `__proto__` in it is a field like any other. */
export function jsonDecoder(maxBytes: number): Decoder {
  return (value) => {
    const root = parse(textOf(value, maxBytes));
    if (typeof root === 'object' && root !== null && !Array.isArray(root)) return root as Fields;
    throw new PoisonRecordError('not-decodable', `the value is ${kindOf(root)}, a JSON object is needed`);
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PoisonRecordError('not-decodable', `the value is no JSON: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}
