/** Longer waits that an upstream asks for are cut: a wrong header must not stop a feed for ever. */
const LONGEST_MS = 3_600_000;
/** Numbers above are seconds since 1970, not from now: some upstreams send the time itself. */
const LEAST_EPOCH_S = 1_000_000_000;

type Headers = Readonly<Record<string, string>>;

/**
 * When the upstream wants to be asked again, epoch ms; 0 when it says nothing. Reads `Retry-After` (RFC 9110: seconds or a
 * date), and `RateLimit-Remaining: 0` with `RateLimit-Reset` (an IETF draft; also with `X-` before), which come with
 * answers of any status.
 */
export function upstreamAllowsAtMs(headers: Headers, nowMs: number): number {
  const asked = Math.max(retryAfter(headers, nowMs), rateReset(headers, nowMs));
  return asked === 0 ? 0 : Math.min(asked, nowMs + LONGEST_MS);
}

function retryAfter(headers: Headers, nowMs: number): number {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(text)) return nowMs + Number(text) * 1000;
  const at = text === '' ? NaN : Date.parse(text);
  return Number.isNaN(at) ? 0 : at;
}

function rateReset(headers: Headers, nowMs: number): number {
  for (const prefix of ['ratelimit', 'x-ratelimit']) {
    const [remaining, reset] = [headers[`${prefix}-remaining`], headers[`${prefix}-reset`]];
    if (remaining?.trim() !== '0' || reset === undefined || !/^\d+(\.\d+)?$/.test(reset.trim())) continue;
    const seconds = Number(reset);
    return seconds >= LEAST_EPOCH_S ? seconds * 1000 : nowMs + seconds * 1000;
  }
  return 0;
}
