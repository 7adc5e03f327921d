import { keyHeaders } from './key.js';

const PAGE_ROWS = 1_000;
const MAX_PAGES = 40;
const TIMEOUT_MS = 10_000;
/** Arguments that one call may have. */
const CHUNK = 8_192;

/** The service answered, and not with what was asked for. */
export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Throws ApiError, or what `fetch` throws when nobody answers. */
async function ask(path, { signal, ...request } = {}) {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
  const headers = { Accept: 'application/json', ...keyHeaders(), ...request.headers };
  const response = await fetch(path, { ...request, headers, signal: AbortSignal.any(signals) });
  if (response.ok) return response;
  const body = await response.json().catch(() => undefined);
  throw new ApiError(response.status, body?.detail ?? `The service answers ${response.status} for ${path}.`);
}

export const getJson = async (path, signal) => (await ask(path, { signal })).json();
export const getText = async (path, signal) => (await ask(path, { signal })).text();

/** A picture as a `data:` URL; an `img` by itself could not send the key. */
export async function getPicture(path, signal) {
  const bytes = new Uint8Array(await (await ask(path, { signal })).arrayBuffer());
  const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, i) =>
    bytes.subarray(i * CHUNK, (i + 1) * CHUNK),
  );
  return `data:image/jpeg;base64,${btoa(chunks.map((chunk) => String.fromCharCode(...chunk)).join(''))}`;
}

export async function postJson(path, body) {
  const headers = { 'Content-Type': 'application/json' };
  return (await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

export const getPipelines = async (signal) => (await getJson('/v1/pipelines', signal)).pipelines;

/** The paths that this service answers, from its own description: a version or a role may have fewer. */
export const getResources = async () => new Set(Object.keys((await getJson('/openapi.json')).paths));

/** Calls `onRows` with page after page of a pipeline's rows; `query` as `/rows` takes it. */
export async function readRows(name, { onRows, signal, query = {}, maxPages = MAX_PAGES }) {
  let cursor;
  for (let page = 0; page < maxPages; page++) {
    const text = new URLSearchParams({ limit: String(PAGE_ROWS), ...query, ...(cursor && { cursor }) });
    const body = await getJson(`/v1/pipelines/${encodeURIComponent(name)}/rows?${text}`, signal);
    onRows(body.rows);
    cursor = body.cursor;
    if (!cursor) return;
  }
}
