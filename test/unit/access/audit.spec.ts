import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Access } from '../../../src/access/access';
import { AccessGuard } from '../../../src/access/access.guard';
import { Audit } from '../../../src/access/audit';
import { ApiModule } from '../../../src/api/api.module';
import { ProblemDetailsModule } from '../../../src/api/problem-details.module';
import { parseApiKeys } from '../../../src/config/api-keys';
import { type LogFields, silentLog } from '../../../src/core/ports/log.port';
import { ApiFixture } from '../../support/api-fixture';
import { waitUntil } from '../../support/wait-until';

const KEYS = `keys:
  - { name: viewer, key: viewer-0123456789, scopes: [read] }
  - { name: operator, key: operator-0123456789, scopes: [read, operate] }
`;

describe('the audit log', () => {
  let app: NestExpressApplication;
  let url: string;
  let lines: LogFields[];

  beforeAll(async () => {
    const access = new Access({ policy: 'keys', keys: parseApiKeys(KEYS), origins: [] });
    const audit = new Audit({ ...silentLog, info: (fields) => void lines.push(fields) });
    @Module({ providers: [{ provide: APP_GUARD, useValue: new AccessGuard(access, audit) }] })
    class Guarded {}
    const world = new ApiFixture();
    ({ app, url } = await world.start([ApiModule, ProblemDetailsModule, Guarded]));
  });
  beforeEach(() => (lines = []));
  afterAll(() => app.close());

  const resume = (headers: Record<string, string>, name = 'air-quality-daily'): Promise<Response> =>
    fetch(`${url}/v1/pipelines/${name}:resume`, { method: 'POST', headers });
  const line = (): Promise<LogFields> => waitUntil('the request is told of', () => lines[0]);

  it('tells who did what, on what, from where, and how it ended', async () => {
    expect((await resume({ 'x-api-key': 'operator-0123456789', 'x-forwarded-for': '10.0.0.7' })).status).toBe(202);
    expect(await line()).toEqual({
      ...{ event: 'audit', who: 'operator', from: '127.0.0.1', forwardedFor: '10.0.0.7' },
      ...{ operation: 'resume', method: 'POST', path: '/v1/pipelines/air-quality-daily:resume' },
      ...{ on: { name: 'air-quality-daily' }, status: 202, result: 'done' },
    });
  });

  it.each([
    ['of a key that may only look', { 'x-api-key': 'viewer-0123456789' }, { who: 'viewer', status: 403 }],
    ['of nobody known', {}, { who: undefined, status: 401 }],
    ['of a guesser', { authorization: 'Bearer a-guess' }, { who: undefined, status: 401 }],
  ])('tells of a refused operation %s, and no key', async (_, headers, told) => {
    expect((await resume(headers as Record<string, string>)).status).toBe(told.status);
    expect(await line()).toMatchObject({ ...told, operation: 'resume', result: 'refused' });
    expect(JSON.stringify(lines)).not.toMatch(/0123456789|a-guess/);
  });

  it('tells of an operation on what does not exist', async () => {
    await resume({ 'x-api-key': 'operator-0123456789' }, 'nowhere');
    expect(await line()).toMatchObject({ on: { name: 'nowhere' }, status: 404, result: 'refused' });
  });

  it('tells nothing of who only looks', async () => {
    const headers = { 'x-api-key': 'viewer-0123456789' };
    expect((await fetch(`${url}/v1/pipelines`, { headers })).status).toBe(200);
    const body = 'apiVersion: millrace/v1';
    expect((await fetch(`${url}/v1/pipelines:validate`, { method: 'POST', headers, body })).status).toBeLessThan(300);
    await resume(headers);
    expect((await line())['operation']).toBe('resume');
  });
});
