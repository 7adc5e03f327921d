const SCHEMAS = 'http://127.0.0.1:8081/apis/ccompat/v7';
const SUBJECT = `${SCHEMAS}/subjects/compose-value/versions`;
const FIRST = record([{ name: 'x', type: 'int' }]);
/** Its readers cannot read what the first one wrote. */
const INCOMPATIBLE = record([
  { name: 'x', type: 'int' },
  { name: 'y', type: 'int' },
]);

/** Registers a schema, and shows that the registry refuses one that breaks it; resolves with the first one's id. */
export async function refusesWhatBreaks() {
  const accepted = await register(FIRST);
  if (accepted.status !== 200) throw new Error(`a schema is not accepted: ${accepted.status} ${accepted.text}`);
  const refused = await register(INCOMPATIBLE);
  if (refused.status !== 409) throw new Error(`an incompatible schema: ${refused.status} ${refused.text}`);
  return JSON.parse(accepted.text).id;
}

/** Throws with the registry's answer unless the schema of an id is the one that `refusesWhatBreaks` has registered. */
export async function mustBeKept(id) {
  const answer = await fetch(`${SCHEMAS}/schemas/ids/${id}`, { signal: AbortSignal.timeout(5_000) });
  const text = await answer.text();
  if (!answer.ok || JSON.parse(JSON.parse(text).schema).fields.length !== 1)
    throw new Error(`the registry has not kept schema ${id}: ${answer.status} ${text}`);
}

async function register(schema) {
  const answer = await fetch(SUBJECT, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, text: await answer.text() };
}

function record(fields) {
  return { type: 'record', name: 'Compose', fields };
}
