// (a) and (b): what the client library can do at most. Arguments: brokers, topic, group, records, noop | aggregate.
import kafkajs from 'kafkajs';

const [brokers, topic, groupId, records, mode] = process.argv.slice(2);
const WINDOW_MS = 60_000;

const windows = new Map();

function aggregate(messages) {
  for (const message of messages) {
    const { location, ts, pm25 } = JSON.parse(message.value.toString());
    const key = `${location}|${ts - (ts % WINDOW_MS)}`;
    let stats = windows.get(key);
    if (!stats) windows.set(key, (stats = { count: 0, sum: 0, min: Infinity, max: -Infinity }));
    stats.count++;
    stats.sum += pm25;
    if (pm25 < stats.min) stats.min = pm25;
    if (pm25 > stats.max) stats.max = pm25;
  }
}

const kafka = new kafkajs.Kafka({ clientId: groupId, brokers: [brokers], logLevel: kafkajs.logLevel.ERROR });
const consumer = kafka.consumer({ groupId, maxBytesPerPartition: 4 << 20, maxBytes: 16 << 20 });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });

let taken = 0;
await consumer.run({
  partitionsConsumedConcurrently: 4,
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    if (taken === 0) console.log(`FIRST ${Date.now()}`);
    if (mode === 'aggregate') aggregate(batch.messages);
    taken += batch.messages.length;
    if (taken !== Number(records)) return;
    console.log(`LAST ${Date.now()}`);
    const counted = [...windows.values()].reduce((sum, stats) => sum + stats.count, 0);
    if (mode === 'aggregate' && counted !== taken) throw new Error(`aggregated ${counted} of ${taken} records`);
  },
});
