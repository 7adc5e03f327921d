import type { Upstream, UpstreamOptions } from './upstream.mjs';

export function startAirNow(options?: UpstreamOptions): Promise<Upstream>;
