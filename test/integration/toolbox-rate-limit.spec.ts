import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RATE_ALGORITHMS } from '../../src/core/rate-limits/rate-limit';
import { uniqueName } from '../support/servers';
import { ServiceProcess } from '../support/service';

jest.setTimeout(120_000);

const LIMIT = 40;
const REQUESTS = 200;

/** Something to be served: a service without pipelines waits for no server. */
function pipelineText(name: string): string {
  return `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${name} }
spec: { source: { topic: ${name}, format: json }, sinks: [{ live: {} }] }
`;
}

describe('the limit of requests, of two replicas', () => {
  const pipelines = mkdtempSync(join(tmpdir(), 'millrace-limit-'));
  let replicas: ServiceProcess[] = [];

  beforeAll(() => writeFileSync(join(pipelines, 'pipeline.yaml'), pipelineText(uniqueName('limited'))));
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    replicas = [];
  });
  afterAll(() => rmSync(pipelines, { recursive: true }));

  it.each(RATE_ALGORITHMS)('passes exactly as many as it says: %s', async (algorithm) => {
    const key = uniqueName('key');
    const env = {
      MILLRACE_ROLES: 'serve',
      MILLRACE_PIPELINES: pipelines,
      MILLRACE_API_KEYS: key,
      MILLRACE_HTTP_LIMIT: `${LIMIT}/1d`,
      MILLRACE_HTTP_LIMIT_ALGORITHM: algorithm,
    };
    for (const replica of [1, 2]) replicas.push(await ServiceProcess.start(`limit-${algorithm}-${replica}`, env));
    await Promise.all(replicas.map((replica) => replica.ready()));
    const statuses = await Promise.all(
      Array.from({ length: REQUESTS }, async (_, i) => {
        const response = await fetch(`${replicas[i % 2]!.url}/v1/pipelines`, { headers: { 'x-api-key': key } });
        await response.arrayBuffer();
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(LIMIT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(REQUESTS - LIMIT);
  });
});
