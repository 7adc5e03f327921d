import type { ReferenceHash } from '../../core/ports/reference-hash.port';

/** Twin of Redis as far as lookups read it: hashes in this process, which it alone can fill. */
export class MemoryReferenceHash implements ReferenceHash {
  private readonly hashes = new Map<string, Map<string, string>>();

  put(name: string, field: string, text: string): void {
    let hash = this.hashes.get(name);
    if (!hash) this.hashes.set(name, (hash = new Map<string, string>()));
    hash.set(field, text);
  }

  read(name: string, fields: readonly string[]): Promise<readonly (string | undefined)[]> {
    const hash = this.hashes.get(name);
    return Promise.resolve(fields.map((field) => hash?.get(field)));
  }
}
