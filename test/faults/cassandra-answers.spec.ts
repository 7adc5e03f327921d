import { CassandraLink } from '../support/cassandra-link';
import { FaultedPipeline } from '../support/faulted-pipeline';
import { testServers } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

describe('Cassandra', () => {
  let pipeline: FaultedPipeline;

  afterEach(() => pipeline.close());

  describe('that answers writes with an error', () => {
    let link: CassandraLink;

    beforeEach(async () => {
      link = await CassandraLink.to(testServers().cassandra);
    });
    afterEach(() => link.close());

    it.each([
      ['write time-out', 'of which the outcome is unknown', /timeout during write query at consistency LOCAL_QUORUM/],
      ['overloaded', 'that it did not begin', /overloaded, says the test/],
    ] as const)(
      '(%s, %s) makes the tasks wait, write again with the same revisions, and costs nothing',
      async (answer, _, words) => {
        const env = { MILLRACE_CASSANDRA_CONTACT_POINTS: link.address };
        pipeline = await FaultedPipeline.start({ name: `cassandra-${answer.replace(' ', '-')}`, env });
        await pipeline.someTime();
        link.answer = answer;
        expect((await pipeline.logs('task.paused')).message).toMatch(words);
        expect((await pipeline.health('live')).status).toBe(200);
        expect(await pipeline.metric('millrace_sink_retries_total')).toBeGreaterThan(0);
        await pipeline.someTime();
        link.answer = undefined;
        await pipeline.service.ready();
        await pipeline.someTime();
        await pipeline.expectNothingLostNothingDouble();
      },
    );
  });

  describe('whose schema is changed under the service', () => {
    beforeEach(async () => {
      pipeline = await FaultedPipeline.start({ name: 'cassandra-schema', env: {} });
      await pipeline.someTime();
    });

    it('by dropping a column fails the tasks, names the column, and says what to do', async () => {
      await pipeline.copy.cql('ALTER TABLE <keyspace>.pm25 DROP readings');
      const { message } = await pipeline.logs('task.failed');
      expect(message).toMatch(/there is no column 'readings'.*ALTER TABLE/);
      expect(await pipeline.unready(pipeline.part)).toContain('readings');
      expect((await pipeline.health('live')).status).toBe(200);
    });

    it('by dropping the table fails the tasks, and a restart with the table goes on where they stopped', async () => {
      const { copy } = pipeline;
      await copy.cql('DROP TABLE <keyspace>.pm25');
      const { message } = await pipeline.logs('task.failed');
      expect(message).toMatch(/pm25.*millrace ddl/);
      expect(await pipeline.unready(pipeline.part)).toContain('pm25');
      await pipeline.service.stop();
      await pipeline.startService();
      expect((await pipeline.logs('pipeline.failed')).message).toContain('pm25');

      await pipeline.service.stop();
      await copy.createTable();
      await pipeline.startService();
      await pipeline.service.ready();
      await pipeline.someTime();
      const newest = [...pipeline.feed.expected].at(-1)!;
      await waitUntil('the newest day is whole', async () => {
        const { rows } = await copy.table();
        return rows.get(newest[0])?.readings === newest[1].readings;
      });
      await pipeline.feed.stop();
      await waitUntil('each reading is counted', async () => {
        const { totals } = await pipeline.answer();
        return totals.accepted === pipeline.feed.records;
      });
    });
  });
});
