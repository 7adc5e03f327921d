import type { Upstream, UpstreamOptions } from './upstream.mjs';

export function startRandomUser(options?: UpstreamOptions & { readonly now?: () => number }): Promise<Upstream>;
