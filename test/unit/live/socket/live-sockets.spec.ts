import type { NestExpressApplication } from '@nestjs/platform-express';
import { Global, Module } from '@nestjs/common';
import { Access } from '../../../../src/access/access';
import { parseApiKeys } from '../../../../src/config/api-keys';
import { LiveModule } from '../../../../src/live/live.module';
import { ApiFixture } from '../../../support/api-fixture';
import { SocketClient, valuesOf } from '../../../support/socket-client';
import { waitUntil } from '../../../support/wait-until';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');
const PIPELINE = 'air-quality-daily';

const access = new Access({ policy: 'keys', keys: parseApiKeys('s3cret'), origins: [] });

@Global()
@Module({ providers: [{ provide: Access, useValue: access }], exports: [Access] })
class Locked {}

describe('the WebSocket at /v1/live', () => {
  let world: ApiFixture;
  let app: NestExpressApplication;
  let url: string;
  let clients: SocketClient[];

  beforeEach(async () => {
    clients = [];
    world = new ApiFixture();
    await world.claimAll();
  });

  afterEach(async () => {
    clients.forEach((client) => client.close());
    await app.close();
  });

  async function start(isLocked = false): Promise<void> {
    ({ app, url } = await world.start(isLocked ? [LiveModule, Locked] : [LiveModule]));
  }

  async function open(options?: Parameters<typeof SocketClient.open>[1]): Promise<SocketClient> {
    const client = await SocketClient.open(url, options);
    clients.push(client);
    return client;
  }

  async function record(partition: number, location: string, day: number, value: number): Promise<void> {
    world.task(partition).add(location, JUNE_1 + day * DAY, value);
    await world.task(partition).commit();
  }

  it('follows several subscriptions on one socket, each with a snapshot and then changes', async () => {
    await start();
    await record(0, 'Beijing', 0, 10);
    const client = await open();
    client.say({ op: 'subscribe', id: 'all', pipeline: PIPELINE });
    client.say({ op: 'subscribe', id: 'one', pipeline: PIPELINE, key: { location: 'Shanghai' } });
    expect(valuesOf(await client.nextOf('all'), 'max_pm25')).toEqual([10]);
    expect(await client.nextOf('one')).toMatchObject({ event: 'snapshot', rows: [] });
    await record(0, 'Beijing', 0, 20);
    await record(1, 'Shanghai', 0, 30);
    expect(valuesOf(await client.nextOf('all'), 'max_pm25')).toEqual([20]);
    expect(valuesOf(await client.nextOf('all'), 'max_pm25')).toEqual([30]);
    expect(await client.nextOf('one')).toMatchObject({ event: 'rows', at: '0:2-0,1:1-0@1732170000000000' });
  });

  it('resumes after the last position with nothing lost and nothing twice', async () => {
    await start();
    await record(0, 'Beijing', 0, 10);
    const first = await open();
    first.say({ op: 'subscribe', id: '1', pipeline: PIPELINE });
    const { at } = await first.next();
    first.close();
    for (const value of [20, 30]) await record(0, 'Beijing', 0, value);
    const second = await open();
    second.say({ op: 'subscribe', id: '1', pipeline: PIPELINE, after: at });
    expect(
      [await second.next(), await second.next()].map((event) => [event.event, valuesOf(event, 'max_pm25')]),
    ).toEqual([
      ['rows', [20]],
      ['rows', [30]],
    ]);
  });

  it('tells no more of a subscription that was ended, and goes on with the others', async () => {
    await start();
    const client = await open();
    for (const id of ['1', '2']) {
      client.say({ op: 'subscribe', id, pipeline: PIPELINE, limit: 0 });
      await client.nextOf(id);
    }
    client.say({ op: 'unsubscribe', id: '1' });
    client.say({ op: 'unsubscribe', id: 'of nobody' });
    expect(await client.next()).toMatchObject({ id: '1', event: 'ended' });
    await record(0, 'Beijing', 0, 10);
    expect((await client.next()).id).toBe('2');
    client.say({ op: 'subscribe', id: '1', pipeline: PIPELINE });
    expect(await client.next()).toMatchObject({ id: '1', event: 'snapshot' });
  });

  it.each([
    ['no JSON', 'hello', 'It is no JSON'],
    ['an unknown operation', { op: 'sing' }, 'op:'],
    ['an unknown field', { op: 'subscribe', id: '1', pipeline: PIPELINE, evry: '1s' }, 'evry'],
    [
      'a key field that there is not',
      { op: 'subscribe', id: '1', pipeline: PIPELINE, key: { x: '1' } },
      'key.location',
    ],
    ['an interval that is too long', { op: 'subscribe', id: '1', pipeline: PIPELINE, every: '1h' }, 'at most 60s'],
  ])('says what is wrong with %s, and goes on', async (_what, message, detail) => {
    await start();
    const client = await open();
    client.say(message);
    const answer = await client.next();
    expect(answer.event).toBe('refused');
    expect(answer.problem?.detail).toContain(detail);
    client.say({ op: 'subscribe', id: 'good', pipeline: PIPELINE });
    expect(await client.next()).toMatchObject({ id: 'good', event: 'snapshot' });
  });

  it('names the pipelines that there are when another is asked for', async () => {
    await start();
    const client = await open();
    client.say({ op: 'subscribe', id: '1', pipeline: 'tides' });
    const answer = await client.next();
    expect(answer).toMatchObject({ id: '1', event: 'refused', problem: { status: 404 } });
    expect(answer.problem?.detail).toContain(PIPELINE);
  });

  it('gives a client that cannot read the newest version of each row, once it reads again', async () => {
    await start();
    const client = await open();
    client.say({ op: 'subscribe', id: '1', pipeline: PIPELINE, limit: 0 });
    await client.next();
    client.socket.pause();
    // Far more than the buffers of both sockets hold, so that the rest has to wait here.
    const name = 'B'.repeat(200_000);
    for (let value = 1; value <= 60; value++) await record(0, name, 0, value);
    client.socket.resume();
    const seen: unknown[] = [];
    while (seen.at(-1) !== 60) seen.push(...valuesOf(await client.next(), 'max_pm25'));
    expect(seen.length).toBeLessThan(60);
    expect(seen).toEqual([...seen].sort((a, b) => Number(a) - Number(b)));
  });

  it('closes its sockets as one that goes away when the service stops', async () => {
    await start();
    const client = await open();
    await app.close();
    await waitUntil('the socket is closed', () => client.closeCode);
    expect(client.closeCode).toBe(1001);
  });

  it('opens no socket elsewhere, nor for a page of another site', async () => {
    await start();
    await expect(SocketClient.open(`${url}/x`)).rejects.toMatchObject({ status: 404 });
    await expect(open({ headers: { Origin: 'https://elsewhere.example' } })).rejects.toMatchObject({ status: 403 });
    await expect(open({ headers: { Origin: url } })).resolves.toBeDefined();
  });

  it('asks for a key where the API does, as a header or beside the protocol', async () => {
    await start(true);
    const offered = (key: string): string => `base64url.key.millrace.${Buffer.from(key).toString('base64url')}`;
    await expect(open()).rejects.toMatchObject({ status: 401 });
    await expect(open({ protocols: ['millrace.v1', offered('guess')] })).rejects.toMatchObject({ status: 401 });
    await expect(open({ headers: { Authorization: 'Bearer s3cret' } })).resolves.toBeDefined();
    await expect(open({ headers: { 'X-Api-Key': 's3cret' } })).resolves.toBeDefined();
    const client = await open({ protocols: ['millrace.v1', offered('s3cret')] });
    expect(client.socket.protocol).toBe('millrace.v1');
  });
});
