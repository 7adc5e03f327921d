export interface UpstreamOptions {
  readonly port?: number;
  readonly host?: string;
}

export type Fault =
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string | number }
  | { readonly kind: 'html' | 'truncated' | 'halved' | 'cut' | 'repeated' }
  | { readonly kind: 'edited' | 'edited-once'; readonly from: string; readonly to: string }
  | { readonly kind: 'huge'; readonly bytes: number };

export interface Upstream {
  readonly url: string;
  readonly requests: readonly {
    readonly path: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  }[];
  order(fault: Fault, times?: number): void;
  close(): Promise<void>;
}

type Body = object | string;
type Given =
  Body | { readonly body: Body; readonly etag?: string; readonly headers?: Readonly<Record<string, string>> };

export function startUpstream(
  routes: Readonly<Record<string, (url: URL) => Given | Promise<Given>>>,
  options?: UpstreamOptions,
): Promise<Upstream>;
