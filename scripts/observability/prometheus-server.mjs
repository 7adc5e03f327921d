import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

const READY_MS = 30_000;
const STOP_MS = 10_000;
const ASK_MS = 10_000;

/** A real Prometheus on a port of its own, with its data in a folder of its own that goes with it. */
export class PrometheusServer {
  #child;
  #folder;
  #exited;
  #said = '';

  constructor(child, folder, url) {
    this.#child = child;
    this.#folder = folder;
    this.#exited = once(child, 'exit');
    this.url = url;
    child.stderr.on('data', (chunk) => (this.#said = (this.#said + chunk).slice(-4_000)));
  }

  /**
   * Resolves when it answers. `targets` are `host:port` by the name of their job; `rules` are texts of rule files; all of
   * it happens each `everyMs`. Rejects with what Prometheus said.
   */
  static async start({ program, targets, rules, everyMs }) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-prometheus-'));
    const files = rules.map((text, i) => {
      writeFileSync(join(folder, `rules-${i}.yml`), text);
      return `rules-${i}.yml`;
    });
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify(config({ jobs: Object.keys(targets), files, everyMs })),
    );
    writeTargets(folder, targets);
    const port = await freePort();
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const server = new PrometheusServer(child, folder, `http://127.0.0.1:${port}`);
    await server.#ready();
    return server;
  }

  /** The series of an instant query, as `{ labels, value }`. Throws what is wrong with the query. */
  async query(expr) {
    const { result, resultType } = await this.#ask('query', { query: expr });
    if (resultType === 'scalar') return [{ labels: {}, value: Number(result[1]) }];
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Alerts that are pending or firing. */
  async alerts() {
    const { alerts } = await this.#ask('alerts');
    return alerts.map(({ labels, state, annotations }) => ({ labels, state, annotations }));
  }

  /** Rules that cannot be evaluated, with the reason. */
  async brokenRules() {
    const { groups } = await this.#ask('rules');
    return groups
      .flatMap(({ rules }) => rules)
      .flatMap(({ name, lastError }) => (lastError ? [`${name}: ${lastError}`] : []));
  }

  /** From now on these are scraped, seen within a second. Jobs are those of the start. */
  retarget(targets) {
    writeTargets(this.#folder, targets);
  }

  async stop() {
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#exited;
    clearTimeout(killer);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask(path, parameters = {}) {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
      signal: AbortSignal.timeout(ASK_MS),
    });
    const { status, data, error } = JSON.parse(await response.text());
    if (status !== 'success') throw new Error(`${parameters.query ?? path}: ${error}`);
    return data;
  }

  async #ready() {
    const deadline = performance.now() + READY_MS;
    while (performance.now() < deadline && this.#child.exitCode === null) {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (this.#child.exitCode === null) await this.stop();
    throw new Error(`Prometheus does not start: ${this.#said.trim() || 'it said nothing'}`);
  }
}

/** JSON is YAML. */
function config({ jobs, files, everyMs }) {
  const every = `${everyMs}ms`;
  return {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: files,
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      file_sd_configs: [{ files: [`targets-${job}.json`], refresh_interval: '1s' }],
    })),
  };
}

function writeTargets(folder, targets) {
  for (const [job, addresses] of Object.entries(targets)) {
    const file = join(folder, `targets-${job}.json`);
    writeFileSync(`${file}.new`, JSON.stringify([{ targets: addresses }]));
    renameSync(`${file}.new`, file);
  }
}
