import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '..', '..');
const PRODUCER_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** OTLP/HTTP with JSON, as a collector takes it. */
interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const PIPELINE = `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: traced }
spec:
  source: { topic: traced.in, format: json, time: { field: t }, partitions: 1 }
  key: [k]
  window: { kind: tumbling, size: 10s }
  aggregate: { n: count() }
  emit: { on: update }
  sinks: [{ kafka: { topic: traced.out } }, { live: {} }]
`;

describe('a service that is traced', () => {
  const spans: Span[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'millrace-traced-'));
  let collector: Server;
  let service: ServiceProcess;

  beforeAll(async () => {
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Export;
        for (const { scopeSpans } of resourceSpans) spans.push(...scopeSpans.flatMap((scope) => scope.spans));
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(folder, 'traced.yaml'), PIPELINE);
    service = await ServiceProcess.start('tracing', {
      ...{ MILLRACE_MODE: 'embedded', MILLRACE_PIPELINES: folder, MILLRACE_LOG_LEVEL: 'debug' },
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    await service.ready();
  });
  afterAll(async () => {
    await service.stop();
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
    rmSync(folder, { recursive: true });
  });

  const named = (name: string): Span[] => spans.filter((span) => span.name === name);

  it('shows the way from who produced a record to its row, over OTLP', async () => {
    const response = await fetch(`${service.url}/v1/ingest/traced.in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${PRODUCER_TRACE}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ k: 'a', t: 1_600_000_000_000 }),
    });
    expect(response.status).toBeLessThan(300);
    await waitUntil('the write of the row is told', () => named('millrace.write kafka:traced.out').length > 0, 30_000);
    const [write] = named('millrace.write kafka:traced.out');
    const checkpoint = named('millrace.checkpoint').find(({ spanId }) => spanId === write!.parentSpanId)!;
    const linked = (checkpoint.links ?? []).map(({ spanId }) => spanId);
    const batch = named('millrace.batch').find(({ spanId }) => linked.includes(spanId));
    expect(batch?.links?.map(({ traceId }) => traceId)).toEqual([PRODUCER_TRACE]);
    expect(readFileSync(service.logFile, 'utf8')).not.toContain('OTLPExporterError');
    await waitUntil('the duration of a checkpoint names a trace that is told', async () => {
      const page = await (await fetch(`${service.url}/metrics`)).text();
      const exemplars = page.matchAll(/checkpoint_duration_seconds_bucket.* # {trace_id="(\w+)"}/g);
      const traces = new Set(named('millrace.checkpoint').map(({ traceId }) => traceId));
      return [...exemplars].some(([, trace]) => traces.has(trace!));
    });
  });
});

/** Modules of OpenTelemetry, beside its small API, that a start of the service has loaded with these variables. */
async function loadedWith(env: Record<string, string>): Promise<number> {
  const script = `
    const { tracingOf } = require('./dist/composition/tracing-of.js');
    require('./dist/main.js');
    tracingOf({ tracing: undefined }, process.env).then((tracing) => {
      console.log(Object.keys(require.cache).filter((path) => /@opentelemetry.(?!api)/.test(path)).length);
      return tracing?.close();
    });`;
  const node = spawn(process.execPath, ['-e', script], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  let out = '';
  node.stdout.on('data', (text: Buffer) => (out += text.toString()));
  await once(node, 'close');
  return Number(out);
}

it('of OpenTelemetry nothing is loaded while tracing is off', async () => {
  expect(await loadedWith({})).toBe(0);
  expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toBeGreaterThan(10);
});
