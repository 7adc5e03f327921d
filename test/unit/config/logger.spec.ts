import { createLogger } from '../../../src/config/logger';
import { NestLogger } from '../../../src/config/nest-logger';

describe('logger', () => {
  let lines: string[];
  const last = () => JSON.parse(lines.at(-1)!) as Record<string, unknown>;
  const logger = (level: string) => createLogger(level, { write: (line) => void lines.push(line) });

  beforeEach(() => (lines = []));

  it('writes one JSON line with event, level, time, message and fields', () => {
    logger('info').warn({ event: 'checkpoint.fenced', pipeline: 'p' }, 'another owner took the task');
    expect(last()).toMatchObject({
      event: 'checkpoint.fenced',
      level: 'warn',
      message: 'another owner took the task',
      pipeline: 'p',
      service: 'millrace',
    });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('says nothing below its level', () => {
    logger('warn').info({ event: 'x' }, 'quiet');
    expect(lines).toEqual([]);
  });

  it('hides secrets in fields', () => {
    logger('info').info({ event: 'config', redis: { password: 'hush' } }, 'configured');
    expect(lines.join()).not.toContain('hush');
  });

  it("carries Nest's messages with the part of Nest that speaks", () => {
    new NestLogger(logger('debug')).error('cannot listen', 'Error: at x', 'NestApplication');
    expect(last()).toMatchObject({
      event: 'nest.message',
      level: 'error',
      message: 'cannot listen',
      context: 'NestApplication',
      stack: 'Error: at x',
    });
  });

  it("keeps event and fields of what our modules say through Nest's logger", () => {
    const nest = new NestLogger(logger('info'));
    nest.warn({ event: 'live.trouble', pipeline: 'p', reason: 'Redis is away' }, 'live');
    expect(last()).toMatchObject({
      event: 'live.trouble',
      level: 'warn',
      message: 'Redis is away',
      context: 'live',
      pipeline: 'p',
      reason: 'Redis is away',
    });
    nest.error({ event: 'http.failed', message: 'GET / failed', path: '/' }, 'Error: at x', 'http');
    expect(last()).toMatchObject({ event: 'http.failed', message: 'GET / failed', path: '/', stack: 'Error: at x' });
    nest.log({ event: 'live.reset', pipeline: 'p' }, 'live');
    expect(last()).toMatchObject({ event: 'live.reset', level: 'info', message: 'live.reset' });
  });

  it('keeps what Nest tells of its own wiring below info', () => {
    new NestLogger(logger('info')).log('AppModule dependencies initialized', 'InstanceLoader');
    expect(lines).toEqual([]);
  });
});
