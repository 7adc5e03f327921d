const PAGE_ROWS = 1_000;
const MAX_PAGES = 40;
const TIMEOUT_MS = 10_000;

async function getJson(path, signal) {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
  const response = await fetch(path, { signal: AbortSignal.any(signals), headers: { Accept: 'application/json' } });
  const body = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(body?.detail ?? `The service answers ${response.status} for ${path}.`);
  return body;
}

export const getPipelines = async (signal) => (await getJson('/v1/pipelines', signal)).pipelines;

/** Calls `onRows` with page after page of a pipeline's rows. */
export async function readRows(name, onRows, signal) {
  let cursor;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ limit: String(PAGE_ROWS), ...(cursor && { cursor }) });
    const body = await getJson(`/v1/pipelines/${encodeURIComponent(name)}/rows?${query}`, signal);
    onRows(body.rows);
    cursor = body.cursor;
    if (!cursor) return;
  }
}
