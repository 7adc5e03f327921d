export type ProfileName = 'dev' | 'test';
export type ServerName = 'kafka' | 'redis' | 'cassandra' | 'schema-registry';

export interface Options {
  log?: (line: string) => void;
  signal?: AbortSignal;
  /** Only of `start`: rejects when the server runs already, which may be somebody else's. */
  fresh?: boolean;
}

export interface ServerStatus {
  name: ServerName;
  answers: boolean;
  pid: number | undefined;
  address: string;
  log: string;
}

export function up(profile: ProfileName, options?: Options): Promise<void>;
export function down(profile: ProfileName, options?: Options): Promise<void>;
export function reset(profile: ProfileName, options?: Options): Promise<void>;
export function start(profile: ProfileName, server: ServerName, options?: Options): Promise<void>;
export function restart(profile: ProfileName, server: ServerName, options?: Options): Promise<void>;
export function kill(profile: ProfileName, server: ServerName, signal?: NodeJS.Signals): Promise<boolean>;
export function status(profile: ProfileName): Promise<ServerStatus[]>;
export function addresses(profile: ProfileName): Record<ServerName, string>;
/** What `nodetool` prints; not for servers in Docker. */
export function nodetool(profile: ProfileName, args: readonly string[]): Promise<string>;
