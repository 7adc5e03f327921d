const HOUR_MS = 3_600_000;
const SENSORS = 20;

/** Late readings, and prices that no coin can have: panels that show trouble then have some to show. */
export async function makeTrouble({ url, upstreams }) {
  const at = new Date(Date.now() - HOUR_MS).toISOString();
  const readings = Array.from({ length: SENSORS }, (_, i) => ({ sensor_id: `late-${i}`, temperature: 20, at }));
  await post(`${url}/v1/ingest/sensors.readings`, readings);
  await post(`${upstreams.COINLORE_URL}/_faults`, {
    ...{ kind: 'edited', times: 3 },
    ...{ from: '"price_usd":"', to: '"price_usd":"-' },
  });
}

async function post(address, body) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
}
