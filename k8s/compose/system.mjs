import { spawn } from 'node:child_process';
import { parse } from 'yaml';
import { at } from '../../scripts/project.mjs';
import { mustRun } from '../../stack/run.mjs';
import { until } from '../../stack/wait.mjs';
import { lifeOfServices } from './order.mjs';
import { docker, DOCKER_HOST, hasImage } from '../e2e/docker.mjs';

const FILE = 'docker-compose.yml';
const UP_SECONDS = 600;
const COMMAND_MS = 900_000;

/** The system that docker-compose.yml describes, as whoever types `docker compose` sees it. */
export class ComposeSystem {
  #command;

  /** `command` is that of Docker compose, as an array. */
  constructor(command) {
    this.#command = command;
  }

  /** Runs `docker compose ARGS`; its output. */
  compose(...args) {
    const environment = [`DOCKER_HOST=${DOCKER_HOST}`, 'COMPOSE_ANSI=never', 'COMPOSE_PROGRESS=plain'];
    const command = [...this.#command, '-f', at(FILE), ...args];
    return mustRun('env', [...environment, ...command], { cwd: at(), timeoutMs: COMMAND_MS });
  }

  /** Services as compose itself understands the file, by name. */
  async services() {
    return parse(await this.compose('config')).services;
  }

  /** Names of the services whose images are here, and of the others. The service's own is built from the checkout. */
  async namesByImage() {
    const names = { present: [], absent: [] };
    for (const [name, { image }] of Object.entries(await this.services()))
      names[image === undefined || (await hasImage(image)) ? 'present' : 'absent'].push(name);
    return names;
  }

  /** Starts services and resolves once each is healthy; with what their containers said otherwise. */
  async up(names) {
    try {
      await this.compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', String(UP_SECONDS), ...names);
    } catch (error) {
      const said = await this.compose('logs', '--no-color', '--tail=25').catch(() => '');
      throw new Error(`${error.message}\n${said}`, { cause: error });
    }
  }

  /** What Docker says of a service's container. */
  async inspect(service) {
    const id = (await this.compose('ps', '--all', '--quiet', service)).trim();
    return JSON.parse(await docker(['inspect', id]))[0];
  }

  /**
   * Starts services as `up` does, and resolves with when each started and was healthy: see `lifeOfServices`. It listens meanwhile, as
   * the daemon remembers only 256 events, and each health check is three.
   */
  async upAndListen(names) {
    const listening = ['-H', DOCKER_HOST, 'events', '--filter', 'type=container', '--format', '{{json .}}'];
    const filters = ['--filter', 'event=start', '--filter', 'event=health_status'];
    const child = spawn('docker', [...listening, ...filters], { stdio: ['ignore', 'pipe', 'inherit'] });
    let events = '';
    child.stdout.on('data', (chunk) => (events += chunk));
    try {
      await this.up(names);
      const isTold = () => names.every((name) => lifeOfServices(events)[name]?.healthyMs !== undefined);
      if (!(await until(isTold, { deadlineMs: 30_000 })))
        throw new Error(`not every service became healthy:\n${events}`);
      return lifeOfServices(events);
    } finally {
      child.kill();
    }
  }

  /** Runs a program in the container of the service; its output. */
  exec(service, ...command) {
    return this.compose('exec', '-T', service, ...command);
  }
}

/** Waits until a GET is answered as `accepts` has it; resolves with its body as JSON where it is JSON, else as text. */
export async function answerOf(url, accepts = () => true, deadlineMs = 180_000) {
  let last = 'no answer';
  const answer = await until(
    async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      const text = await response.text();
      last = `${response.status} ${text.slice(0, 500)}`;
      const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
      return response.ok && accepts(body) ? { body } : undefined;
    },
    { deadlineMs, everyMs: 500 },
  );
  if (!answer) throw new Error(`${url} has not become what it should: ${last}`);
  return answer.body;
}
