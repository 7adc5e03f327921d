export type Path = readonly (string | number)[];

/** Something wrong at a path of a document; its place in the file is found afterwards. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** `name` when the property's name is what is wrong, rather than its value. */
  readonly at?: 'name' | 'value';
  /** Where in the text of the value, when that is known. */
  readonly offset?: number;
}

/** `spec.sinks[0].cassandra`. */
export function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

export function findingText({ path, message }: Finding): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

/** The value at a path of a document that may be anything; `undefined` where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Name and text of each property that is text; none when the value is no mapping. */
export function textEntries(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
