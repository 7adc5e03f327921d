export interface Upstreams {
  /** For the process that runs the shipped feeds. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<unknown>;
}

export function startUpstreams(): Promise<Upstreams>;
