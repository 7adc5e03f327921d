import { FaultedPipeline } from '../support/faulted-pipeline';
import { KafkaCluster } from '../support/kafka-cluster';
import { testServers } from '../support/servers';

jest.setTimeout(180_000);

/** It is the only controller of the test's cluster. */
const CONTROLLER = 1;
const ATTEMPTS = 20;

describe('Kafka of three brokers', () => {
  let cluster: KafkaCluster;
  let pipeline: FaultedPipeline | undefined;

  beforeAll(async () => {
    cluster = await KafkaCluster.start();
  });
  afterAll(async () => {
    await pipeline?.close();
    await cluster?.remove();
  });

  /** Starts a pipeline whose group another broker than the controller leads: names are random. */
  async function led(): Promise<{ pipeline: FaultedPipeline; coordinator: number }> {
    const kafka = [...cluster.addresses];
    const servers = { ...testServers(), kafka };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const started = await FaultedPipeline.start({
        ...{ name: 'kafka-coordinator', servers, env: { MILLRACE_KAFKA_BROKERS: kafka.join(',') } },
      });
      pipeline = started;
      const coordinator = await cluster.coordinatorOf(started.copy.name);
      if (coordinator !== CONTROLLER) return { pipeline: started, coordinator };
      await started.close();
    }
    throw new Error(`no group of ${ATTEMPTS} is led by another broker than ${CONTROLLER}`);
  }

  it('whose coordinator of the group dies goes on with another, and back again, and it costs nothing', async () => {
    const { pipeline: faulted, coordinator } = await led();
    await faulted.someTime();
    await cluster.killBroker(coordinator);
    await faulted.feed.more(40);
    expect(await cluster.coordinatorOf(faulted.copy.name)).not.toBe(coordinator);
    cluster.startBroker(coordinator);
    await faulted.feed.more(40);
    await faulted.expectNothingLostNothingDouble();
  });
});
