import { RedisProcess } from './redis-process';
import { freePort } from './free-port';
import { waitUntil } from './wait-until';

const SLOTS = 16_384;
const NODES = 3;
/** How long a node may be silent before the others call the cluster failed, ms. */
const NODE_TIMEOUT_MS = 2_000;

/** A cluster of three masters without replicas, of one test's own. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisProcess[]) {}

  /** Resolves when every slot is served. */
  static async start(): Promise<RedisCluster> {
    const ports = await Promise.all(Array.from({ length: NODES }, freePort));
    const nodes = await Promise.all(ports.map((port) => RedisProcess.reserve(settings(port))));
    const cluster = new RedisCluster(nodes);
    for (const [index, node] of nodes.entries()) {
      node.start();
      const from = Math.ceil((index * SLOTS) / NODES);
      const to = Math.ceil(((index + 1) * SLOTS) / NODES) - 1;
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      if (index > 0) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]!.port), String(ports[0]!));
    }
    await waitUntil('every node calls the cluster whole', async () => {
      const answers = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
      return answers.every(
        (answer) => /cluster_state:ok/.test(String(answer)) && /cluster_known_nodes:3/.test(String(answer)),
      );
    });
    return cluster;
  }

  get url(): string {
    return `redis-cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async remove(): Promise<void> {
    for (const node of this.nodes) await node.remove();
  }
}

/** The port of the nodes' own talk is named, because the usual one, 10,000 higher, may not exist. */
function settings(busPort: number): Record<string, string> {
  return {
    'cluster-enabled': 'yes',
    'cluster-port': String(busPort),
    'cluster-node-timeout': String(NODE_TIMEOUT_MS),
  };
}
