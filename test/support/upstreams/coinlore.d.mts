import type { Upstream, UpstreamOptions } from './upstream.mjs';

export function startCoinlore(
  options?: UpstreamOptions & { readonly now?: () => number; readonly seed?: number },
): Promise<Upstream>;
