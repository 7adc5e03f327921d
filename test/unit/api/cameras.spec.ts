import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { ApiFixture } from '../../support/api-fixture';
import { compiledWith } from '../../support/pipelines';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);

describe('the newest frame of a camera over HTTP', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture(
      compiledWith(
        {
          ...{ key: undefined, window: undefined, aggregate: undefined },
          sinks: [{ redis: { latest: { key: 'camera_id', at: 'at', size: 1 } } }],
        },
        'cameras-latest',
      ),
    );
    ({ app, url } = await world.start([ApiModule]));
  });

  afterEach(() => app.close());

  async function store(camera: string, values: Record<string, unknown>): Promise<void> {
    const place = { pipeline: 'cameras-latest', view: 'latest', key: camera } as const;
    const write = { member: 'frame', version: '1', score: 1, text: JSON.stringify({ values }) };
    await world.boards.rank(place, [write], { keeps: 'highest', size: 1, ttlMs: undefined });
  }

  it('is a JPEG with its time and number', async () => {
    await store('gate', { at: '2026-01-01T00:00:00Z', frame: 7, thumbnail: JPEG.toString('base64') });
    const response = await fetch(`${url}/v1/cameras/gate/latest.jpg`);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(JPEG);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('millrace-frame-at')).toBe('2026-01-01T00:00:00Z');
    expect(response.headers.get('millrace-frame')).toBe('7');
  });

  it('is not there for a camera that was never heard', async () => {
    const response = await fetch(`${url}/v1/cameras/${encodeURIComponent('हैदराबाद')}/latest.jpg`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('No frame of camera \\"हैदराबाद\\" has come');
  });

  it('is never anything but a JPEG: what a camera sends is not shown as a page', async () => {
    const page = Buffer.from('<script>alert(1)</script>').toString('base64');
    await store('gate', { at: '2026-01-01T00:00:00Z', thumbnail: page });
    const response = await fetch(`${url}/v1/cameras/gate/latest.jpg`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('is no JPEG in base64');
  });
});
