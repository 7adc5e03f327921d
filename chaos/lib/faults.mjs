import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Every kind of fault: what it needs for itself, and how it goes. `draw` holds the numbers that the seed gave it; `struck`
 * is called when the harm is done, and the time of recovery runs from there. A fault resolves when what it broke is there again.
 *
 * @typedef {{ replica: object, peer: object, server: string, shortMs: number, longMs: number, cut: string, jumpMs: number }} Draw
 */
const ofReplica = ({ replica }) => [replica.name];
const ofBoth = ({ replica, peer }) => [replica.name, peer.name];
const servers =
  (...names) =>
  () =>
    names;

export const FAULTS = {
  'replica killed': {
    targets: ofReplica,
    async strike({ replica, shortMs }, _servers, struck) {
      await replica.kill();
      struck();
      await sleep(shortMs);
      replica.start();
    },
  },
  'replica stopped in order': {
    targets: ofReplica,
    async strike({ replica }, _servers, struck) {
      struck();
      await replica.stop();
      replica.start();
    },
  },
  'replica paused': {
    targets: ofReplica,
    async strike({ replica, longMs }, _servers, struck) {
      replica.pause();
      struck();
      await sleep(longMs);
      replica.resume();
    },
  },
  'replica paused, its heir killed': {
    targets: ofBoth,
    async strike({ replica, peer, shortMs }, _servers, struck) {
      replica.pause();
      // The others have taken the tasks over, and gone on with them, by then.
      await sleep(6_000);
      replica.resume();
      await sleep(shortMs / 6);
      await peer.kill();
      struck();
      await sleep(shortMs);
      peer.start();
    },
  },
  'replica cut off': {
    targets: ofReplica,
    needsNamespaces: true,
    async strike({ replica, server, cut, longMs }, _servers, struck) {
      const link = replica.network.links[server];
      link[cut]();
      struck();
      await sleep(longMs);
      link.mend();
    },
  },
  'clock jumps': {
    targets: ofReplica,
    needsClocks: true,
    async strike({ replica, jumpMs, longMs }, _servers, struck) {
      replica.clock.jump(jumpMs);
      struck();
      await sleep(longMs);
      replica.clock.jump(0);
    },
  },
  'Redis killed': {
    targets: servers('redis', 'stack'),
    async strike({ shortMs }, stack, struck) {
      await stack.kill('redis');
      struck();
      await sleep(shortMs);
      await stack.start('redis');
    },
  },
  'Redis set back': {
    targets: servers('redis', 'stack'),
    async strike({ shortMs }, stack, struck) {
      await stack.rewindRedis(300 + shortMs / 4);
      struck();
      await stack.start('redis');
    },
  },
  'Redis paused, killed with a replica': {
    targets: ({ replica }) => ['redis', 'stack', replica.name],
    async strike({ replica, shortMs }, stack, struck) {
      await stack.pause('redis');
      // Meanwhile sinks are written. The commits lie unread in the sockets of Redis, and are lost with it.
      await sleep(1_500);
      await Promise.all([replica.kill(), stack.kill('redis')]);
      struck();
      await stack.start('redis');
      await sleep(shortMs);
      replica.start();
    },
  },
  'broker killed': {
    targets: servers('kafka', 'stack'),
    async strike({ shortMs }, stack, struck) {
      await stack.kill('kafka');
      struck();
      await sleep(shortMs);
      await stack.start('kafka');
    },
  },
  'broker restarted': {
    targets: servers('kafka', 'stack'),
    async strike(_draw, stack, struck) {
      struck();
      await stack.restart('kafka');
    },
  },
  'Cassandra paused': {
    targets: servers('cassandra'),
    async strike({ longMs }, stack, struck) {
      await stack.pause('cassandra');
      struck();
      await sleep(longMs / 2);
      await stack.resume('cassandra');
    },
  },
  'Cassandra paused, replica killed': {
    targets: ({ replica }) => ['cassandra', replica.name],
    async strike({ replica, shortMs }, stack, struck) {
      await stack.pause('cassandra');
      // Meanwhile the sink takes nothing, and nothing may be committed.
      await sleep(2_000);
      await replica.kill();
      struck();
      await stack.resume('cassandra');
      await sleep(shortMs);
      replica.start();
    },
  },
  'Cassandra killed': {
    targets: servers('cassandra', 'stack'),
    async strike({ shortMs }, stack, struck) {
      await stack.kill('cassandra');
      struck();
      await sleep(shortMs);
      await stack.start('cassandra');
    },
  },
};

/** The kinds that can be had here. */
export function possibleKinds({ namespaces, clocks }) {
  return Object.keys(FAULTS).filter((kind) => {
    const { needsNamespaces, needsClocks } = FAULTS[kind];
    return (namespaces || !needsNamespaces) && (clocks || !needsClocks);
  });
}
