/** Reads an address as the URL standard says: JSON of its parts, or nothing. Pure, so the outside may do it. */
type ParseUrl = (text: string, base: string | undefined) => string | undefined;

let parse: ParseUrl | undefined;

/** Called once, before code of the user is there. */
export function parseUrlsBy(given: ParseUrl): void {
  parse = given;
}

/** As much of `URL` as is read of one; it cannot be changed. */
class ReadUrl {
  declare readonly href: string;

  constructor(text: string | ReadUrl, base?: string | ReadUrl) {
    const parts = parse?.(String(text), base?.toString());
    if (parts === undefined) throw new TypeError('Invalid URL');
    Object.assign(this, JSON.parse(parts));
  }

  static canParse(text: string | ReadUrl, base?: string | ReadUrl): boolean {
    return parse?.(String(text), base?.toString()) !== undefined;
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }
}

Object.assign(globalThis, { URL: ReadUrl });
