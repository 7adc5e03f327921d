import type { INestApplication } from '@nestjs/common';
import { MetricsModule } from '../../../src/metrics/metrics.module';
import { PrometheusObserver } from '../../../src/metrics/prometheus-observer';
import { untraced } from '../../../src/runtime/runtime-tracer';
import { ApiFixture } from '../../support/api-fixture';
import { taskStatus } from '../../support/task-status';

const PIPELINE = 'air-quality-daily';

describe('GET /metrics', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;
  let observer: PrometheusObserver;

  beforeEach(async () => {
    world = new ApiFixture();
    ({ app, url } = await world.start([MetricsModule]));
    observer = app.get(PrometheusObserver, { strict: false });
  });

  afterEach(() => app.close());

  async function metrics(): Promise<readonly string[]> {
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    return (await response.text()).split('\n');
  }

  it('counts what the runtime tells, by the names of the interface', async () => {
    observer.records(PIPELINE, 'accepted', 5);
    observer.records(PIPELINE, 'late', 2);
    observer.lateness(PIPELINE, 90);
    observer.deadLetters(PIPELINE, 'bad-time', 3);
    observer.rowsEmitted(PIPELINE, 'cassandra:aqdata.pm25', 4);
    observer.windowsClosed(PIPELINE, 'idle', 6);
    observer.sinkDuration(PIPELINE, 'cassandra:aqdata.pm25', 0.02);
    observer.sinkRetry(PIPELINE, 'cassandra:aqdata.pm25');
    observer.checkpoint(PIPELINE, 0.2);
    observer.endToEnd(PIPELINE, 1.5);
    observer.fenced(PIPELINE);
    observer.rebalance(PIPELINE);
    expect(await metrics()).toEqual(
      expect.arrayContaining([
        `millrace_records_total{pipeline="${PIPELINE}",result="accepted"} 5`,
        `millrace_records_total{pipeline="${PIPELINE}",result="filtered"} 0`,
        `millrace_records_total{pipeline="${PIPELINE}",result="late"} 2`,
        `millrace_late_records_total{pipeline="${PIPELINE}"} 2`,
        `millrace_lateness_seconds_bucket{le="300",pipeline="${PIPELINE}"} 1`,
        `millrace_windows_closed_total{pipeline="${PIPELINE}",reason="idle"} 6`,
        `millrace_windows_closed_total{pipeline="${PIPELINE}",reason="watermark"} 0`,
        `millrace_dead_letters_total{pipeline="${PIPELINE}",reason="bad-time"} 3`,
        `millrace_rows_emitted_total{pipeline="${PIPELINE}",sink="cassandra:aqdata.pm25"} 4`,
        `millrace_sink_duration_seconds_count{pipeline="${PIPELINE}",sink="cassandra:aqdata.pm25"} 1`,
        `millrace_sink_retries_total{pipeline="${PIPELINE}",sink="cassandra:aqdata.pm25"} 1`,
        `millrace_checkpoint_duration_seconds_sum{pipeline="${PIPELINE}"} 0.2`,
        `millrace_end_to_end_seconds_sum{pipeline="${PIPELINE}"} 1.5`,
        `millrace_fenced_total{pipeline="${PIPELINE}"} 1`,
        `millrace_rebalances_total{pipeline="${PIPELINE}"} 1`,
      ]),
    );
  });

  it('reads gauges from the status when it is asked; those of tasks that are gone vanish', async () => {
    const watermarkMs = world.nowMs - 5_000;
    const sizes = { stateKeys: 3, stateBytes: 100 };
    world.owned = [
      taskStatus(0, { watermarkMs, lagRecords: 12, checkpointAgeMs: 1_500, ...sizes }),
      taskStatus(1, { state: 'paused', ...sizes }),
    ];
    expect(await metrics()).toEqual(
      expect.arrayContaining([
        `millrace_watermark_lag_seconds{pipeline="${PIPELINE}",partition="0"} 5`,
        `millrace_consumer_lag_records{pipeline="${PIPELINE}",partition="0"} 12`,
        `millrace_checkpoint_age_seconds{pipeline="${PIPELINE}"} 1.5`,
        `millrace_state_keys{pipeline="${PIPELINE}"} 6`,
        `millrace_state_bytes{pipeline="${PIPELINE}"} 200`,
        `millrace_tasks{pipeline="${PIPELINE}",state="running"} 1`,
        `millrace_tasks{pipeline="${PIPELINE}",state="paused"} 1`,
        `millrace_tasks{pipeline="${PIPELINE}",state="failed"} 0`,
      ]),
    );
    world.owned = [];
    expect((await metrics()).filter((line) => line.includes('partition="0"'))).toEqual([]);
  });

  it('shows the numbers of rows as they are when it is asked, and how many found no room', async () => {
    const place = { pipeline: PIPELINE, name: 'pm25' };
    let numbers = [
      { key: 'Hyderabad (हैदराबाद)', title: '', value: 81.5 },
      { key: '["a","b"]', title: 'A "and" B', value: -1 },
    ];
    const hide = world.rowValues.show({ ...place, values: () => numbers });
    world.rowValues.addDropped(place);
    const shown = async () => (await metrics()).filter((line) => line.startsWith('millrace_row_value'));
    const dropped = `millrace_row_values_dropped_total{pipeline="${PIPELINE}",name="pm25"}`;
    expect(await shown()).toEqual([
      `millrace_row_value{pipeline="${PIPELINE}",name="pm25",key="Hyderabad (हैदराबाद)",title=""} 81.5`,
      `millrace_row_value{pipeline="${PIPELINE}",name="pm25",key="[\\"a\\",\\"b\\"]",title="A \\"and\\" B"} -1`,
      `${dropped} 1`,
    ]);
    numbers = [];
    expect(await shown()).toEqual([`${dropped} 1`]);
    hide();
    expect(await shown()).toEqual([`${dropped} 1`]);
  });

  it('has the metrics of the process', async () => {
    expect((await metrics()).some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
  });
});

describe('GET /metrics while tracing is on', () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

  it('names a kept trace for durations, in OpenMetrics, time after time', async () => {
    const world = new ApiFixture();
    let current: string | undefined = trace;
    world.tracer = { ...untraced, currentTrace: () => current };
    const { app, url } = await world.start([MetricsModule]);
    const observer = app.get(PrometheusObserver, { strict: false });
    observer.checkpoint(PIPELINE, 0.2);
    observer.sinkDuration(PIPELINE, 'live', 0.02);
    current = undefined;
    observer.checkpoint(PIPELINE, 20);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const response = await fetch(`${url}/metrics`);
      expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
      const lines = (await response.text()).split('\n');
      expect(lines.slice(-2)).toEqual(['# EOF', '']);
      expect(lines.filter((line) => line.includes(' # '))).toEqual([
        expect.stringMatching(
          new RegExp(`^millrace_checkpoint_duration_seconds_bucket{le="0.25",.*} 1 # {trace_id="${trace}"} 0.2 \\d+`),
        ),
        expect.stringMatching(/^millrace_sink_duration_seconds_bucket{le="0.025",.*sink="live"} 1 # {trace_id=/),
      ]);
      expect(lines).toContain(`millrace_fenced_total{pipeline="${PIPELINE}"} 0`);
    }
    await app.close();
  });
});
