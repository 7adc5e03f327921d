import { MemoryReferenceHash } from '../../src/adapters/memory/memory-reference-hash';
import { uniqueName } from '../support/servers';
import { describeReferenceHash } from './reference-hash.conformance';

describeReferenceHash('memory', () => {
  const hash = new MemoryReferenceHash();
  return Promise.resolve({
    hash,
    newName: () => uniqueName('table'),
    put: (name, field, text) => Promise.resolve(hash.put(name, field, text)),
    close: () => Promise.resolve(),
  });
});
