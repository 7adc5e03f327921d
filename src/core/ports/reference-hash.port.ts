/** Reads hashes of the service's Redis that others keep: reference tables of `lookup: { table: redis }`. */
export interface ReferenceHash {
  /**
   * The texts of `fields` of the hash with key `name`, in their order; `undefined` where there is none, and for all when
   * there is no such hash. Throws TransientError when Redis does not answer or the key holds something else.
   */
  read(name: string, fields: readonly string[]): Promise<readonly (string | undefined)[]>;
}
