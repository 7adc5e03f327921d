import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';
import { AwaitedRecords } from '../../../src/api/awaited-records';
import { Catalogue } from '../../../src/api/catalogue';
import { CommittedTasks } from '../../../src/api/committed-tasks';
import { OpenRows } from '../../../src/api/open-rows';
import { RowQuestions } from '../../../src/api/row-questions';
import { RowsService } from '../../../src/api/rows.service';
import { QUERY_TIMEOUT_MS, QueryController } from '../../../src/queries/query.controller';
import { QueryProblemFilter } from '../../../src/queries/query-problem.filter';
import { PIPELINES } from '../../../src/runtime/pipelines';
import { PORTS } from '../../../src/runtime/ports';
import { ApiFixture } from '../../support/api-fixture';

const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

describe('a question over Kafka', () => {
  let world: ApiFixture;
  let controller: QueryController;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    world.task(0).add('Beijing', JUNE_1, 10);
    world.task(0).add('Shanghai', JUNE_1, 20);
    await world.task(0).commit();
    const module = await Test.createTestingModule({
      controllers: [QueryController],
      providers: [
        ...[AwaitedRecords, Catalogue, CommittedTasks, OpenRows, RowQuestions, RowsService],
        { provide: PORTS, useValue: world.ports() },
        { provide: PIPELINES, useValue: world.pipelines() },
        { provide: QUERY_TIMEOUT_MS, useValue: 10_000 },
      ],
    }).compile();
    controller = module.get(QueryController);
  });

  const asked = (payload: unknown, agoMs = 0) =>
    controller.answer(payload, { getMessage: () => ({ timestamp: String(world.nowMs - agoMs) }) as never });

  it('is answered with the rows that HTTP gives, and what they reflect', async () => {
    const answer = await asked({ pipeline: 'air-quality-daily', 'key.location': 'Beijing', limit: 5 });
    expect(answer).toMatchObject({
      rows: [{ pipeline: 'air-quality-daily', key: { location: 'Beijing' }, values: { avg_pm25: 10 } }],
      asOf: { offsets: { 0: '2' } },
    });
    expect((await asked({ pipeline: 'air-quality-daily' })).rows).toHaveLength(2);
  });

  it('may be of the windows that hold a time, and wait for a record, as over HTTP', async () => {
    const daily = { pipeline: 'air-quality-daily', 'key.location': 'Beijing' };
    expect((await asked({ ...daily, at: '2013-06-01T12:00:00+08:00' })).rows).toHaveLength(1);
    expect((await asked({ ...daily, at: '2013-06-02T12:00:00+08:00' })).rows).toHaveLength(0);
    const { topic } = world.pipeline.definition.spec.source;
    expect((await asked({ ...daily, after: `${topic}:0:1` })).rows).toHaveLength(1);
    const early = asked({ ...daily, after: `${topic}:0:2`, timeout: '50ms' });
    await expect(early).rejects.toMatchObject({
      problem: { status: 504, detail: expect.stringContaining('offset 2') },
    });
  });

  it.each([
    [{ pipeline: 'none' }, 404, 'air-quality-daily'],
    [{ pipeline: 'air-quality-daily', 'key.city': 'x' }, 400, 'key.location'],
    [{ pipeline: 'air-quality-daily', key: { location: 'x' } }, 400, 'text, a number'],
    [{ limit: 1 }, 400, 'name of a pipeline'],
    [{ pipeline: 'air-quality-daily', limit: 0 }, 400, '1 to 1000'],
    [{ pipeline: 'air-quality-daily', rows: 3 }, 400, 'Known ones: key.location'],
    ['no object', 400, 'expected object'],
  ])('gets problem details for %j', async (payload, status, remedy) => {
    const thrown: unknown = await asked(payload).catch((error: unknown) => error);
    const problem = await lastValueFrom(new QueryProblemFilter().catch(thrown)).catch((error: unknown) => error);
    expect(problem).toMatchObject({ status, detail: expect.stringContaining(remedy) });
  });

  it('is not worked on when whoever asked waits no more, nor for longer than he waits', async () => {
    await expect(asked({ pipeline: 'air-quality-daily' }, 10_001)).rejects.toMatchObject({ problem: { status: 504 } });
    world.tables.readerFor = () => ({ read: () => new Promise(() => undefined) });
    await expect(asked({ pipeline: 'air-quality-daily' }, 9_900)).rejects.toMatchObject({ problem: { status: 504 } });
  });
});
