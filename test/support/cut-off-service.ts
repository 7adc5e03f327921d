import { join } from 'node:path';

import { CuttableLink } from './cuttable-link';
import { ServiceProcess } from './service';
import { testServers } from './servers';

const PRELOAD = join(__dirname, 'link-preload.mjs');

/** A service whose ways to Kafka and to Redis a test can cut, each alone, while others have theirs. */
export class CutOffService {
  private constructor(
    readonly service: ServiceProcess,
    readonly links: { readonly kafka: CuttableLink; readonly redis: CuttableLink },
  ) {}

  static async start(name: string, env: Record<string, string>): Promise<CutOffService> {
    const { kafka, redis } = testServers();
    const ports = [Number(kafka[0]!.split(':')[1]), Number(new URL(redis).port)] as const;
    const [toKafka, toRedis] = await Promise.all(ports.map((port) => CuttableLink.to({ host: '127.0.0.1', port })));
    const ways = [toKafka!, toRedis!].map(({ address }, i) => `${ports[i]}=${address.split(':')[1]}`);
    const service = await ServiceProcess.start(name, {
      ...{ ...env, NODE_OPTIONS: `--import=${PRELOAD}`, MILLRACE_TEST_LINKS: ways.join(',') },
    });
    return new CutOffService(service, { kafka: toKafka!, redis: toRedis! });
  }

  /** Ends in order, with what is cut still cut. */
  async close(): Promise<void> {
    await this.service.stop();
    await Promise.all(Object.values(this.links).map((link) => link.cut()));
  }
}
