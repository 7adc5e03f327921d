import type { PipelineView } from '../../src/api/pipeline-view';
import { AirQualityCopy } from '../support/air-quality';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const POST = 'Beijing US Post';
const HOUR_MS = 3_600_000;

/** Hour `hour` of January 2013 on China's clocks. */
function reading(hour: number): { key: string; value: string; headers: Record<string, Buffer | Buffer[]> } {
  const observed_at = new Date(Date.UTC(2013, 0, 1, hour - 8)).toISOString();
  const headers = { station: Buffer.from('北京'), hop: [Buffer.from('a'), Buffer.from('b')] };
  return { key: POST, value: JSON.stringify({ observed_at, location: POST, pm25: hour }), headers };
}

describe('late records on real servers', () => {
  let copy: AirQualityCopy;
  let service: ServiceProcess;

  beforeEach(async () => {
    copy = new AirQualityCopy((yaml) => yaml.replace('late: drop', `late: { topic: ${lateTopicOf(yaml)} }`));
    await copy.createTable();
    service = await ServiceProcess.start('late-records', { MILLRACE_PIPELINES: copy.folder });
    await service.ready();
  });
  afterEach(async () => {
    await service.stop();
    await copy.close();
  });

  it('are forwarded as they were, with why, and the advice names the grace that would have kept them', async () => {
    await copy.produce([reading(1), reading(72), reading(5), reading(73)]);
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp());

    const [late, ...others] = await copy.topicRecords(`${copy.topic}.late`);
    expect(others).toEqual([]);
    const original = (await copy.topicRecords(copy.topic)).find(({ value }) => value === reading(5).value)!;
    expect(late).toMatchObject({ key: POST, value: original.value });
    expect(late!.headers).toEqual({
      ...{ station: '北京', hop: 'a,b' },
      'millrace-reason': 'late',
      'millrace-pipeline': copy.name,
      'millrace-late-by-ms': String(48 * HOUR_MS),
      'millrace-event-time': String(Date.UTC(2013, 0, 1, 5 - 8)),
      'millrace-watermark': String(Date.UTC(2013, 0, 1, 72 - 8)),
      'millrace-source-topic': copy.topic,
      'millrace-source-partition': String(original.partition),
      'millrace-source-offset': original.offset,
    });
    const { totals, lateness } = await service.json<PipelineView>(`/v1/pipelines/${copy.name}`);
    expect(totals).toEqual({ accepted: 3, filtered: 0, late: 1, dead: 0 });
    expect(lateness).toMatchObject({ records: 4, lateRecords: 1, share: 0.25, maxMs: 48 * HOUR_MS });
    expect(lateness!.advice).toBe('grace 49h would have kept 99.9 % of the records; grace 1h kept 75 % of the records');
  });
});

function lateTopicOf(yaml: string): string {
  return `${/topic: (\S+\.readings)/.exec(yaml)![1]}.late`;
}
