import type { Upstream, UpstreamOptions } from './upstream.mjs';

export function startSensorGateway(
  options?: UpstreamOptions & { readonly now?: () => number; readonly hoursPerSecond?: number },
): Promise<Upstream>;
