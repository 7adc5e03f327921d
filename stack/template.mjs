import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a copy of `source` with every `${name}` replaced; a name without a value is an error. */
export function fill(source, target, values) {
  const text = readFileSync(source, 'utf8').replace(/\$\{(\w+)\}/g, (place, name) => {
    if (values[name] === undefined) throw new Error(`${source}: no value for ${place}`);
    return String(values[name]);
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
