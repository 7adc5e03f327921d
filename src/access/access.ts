import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ApiKey, digestOf, type Policy, type Scope, SCOPES } from '../config/api-keys';
import { givenKey } from './given-key';
import { isLocal, isOfOtherOrigin } from './local-request';

/** Who asks, as the audit log names it, and what is allowed. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Why a request is not let in. */
export type Denial = 'no-key' | 'unknown-key' | 'not-local' | 'other-origin' | 'missing-scope';

export interface AccessOptions {
  readonly policy: Policy;
  readonly keys: readonly ApiKey[];
  /** Beside the service's own. */
  readonly origins: readonly string[];
}

type Asking = Pick<IncomingMessage, 'headers' | 'socket'>;

const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES);
const LOCAL: Caller = { name: 'local', scopes: ALL_SCOPES };
const ANYONE: Caller = { name: 'anyone', scopes: ALL_SCOPES };

/** Decides who may call `/v1`, over HTTP and WebSockets alike. Keys may change while the service runs. */
export class Access {
  private keys: readonly ApiKey[];
  private readonly origins: ReadonlySet<string>;
  private readonly watching = new Set<{ request: Asking; scope: Scope; end: () => void }>();

  constructor(private readonly options: AccessOptions) {
    this.keys = options.keys;
    this.origins = new Set(options.origins);
  }

  /** Who makes the request, when they may do what `scope` says; else why not. */
  admit(request: Asking, scope: Scope): Caller | Denial {
    if (isOfOtherOrigin(request, this.origins)) return 'other-origin';
    const caller = this.callerOf(request);
    if (typeof caller === 'string') return caller;
    return caller.scopes.has(scope) ? caller : 'missing-scope';
  }

  /** Calls `end` once if new keys no longer admit a request that lasts. Returns how to stop watching. */
  watch(request: Asking, scope: Scope, end: () => void): () => void {
    const entry = { request, scope, end };
    this.watching.add(entry);
    return () => void this.watching.delete(entry);
  }

  /** The keys from now on. What lasts under a key that is gone is ended. */
  replaceKeys(keys: readonly ApiKey[]): void {
    this.keys = keys;
    for (const entry of this.watching) {
      if (typeof this.admit(entry.request, entry.scope) !== 'string') continue;
      this.watching.delete(entry);
      entry.end();
    }
  }

  /** Who asks, whatever it is; `undefined` when nobody known does. For the log. */
  nameOf(request: Asking): string | undefined {
    const caller = this.callerOf(request);
    return typeof caller === 'string' ? undefined : caller.name;
  }

  private callerOf(request: Asking): Caller | Denial {
    if (this.options.policy === 'none') return ANYONE;
    if (this.options.policy === 'local') return isLocal(request) ? LOCAL : 'not-local';
    const key = givenKey(request);
    if (key === undefined) return 'no-key';
    return this.holderOf(key) ?? 'unknown-key';
  }

  /** Takes as long for a key that is nearly right as for any other. */
  private holderOf(key: string): Caller | undefined {
    const given = digestOf(key);
    const [found] = this.keys.filter(({ digest }) => timingSafeEqual(digest, given));
    return found;
  }
}

/** Lets everyone in. */
export function openAccess(): Access {
  return new Access({ policy: 'none', keys: [], origins: [] });
}
