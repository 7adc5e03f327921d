import { cassandra } from '../../../stack/cassandra/cassandra.mjs';
import { kafka } from '../../../stack/kafka/kafka.mjs';

/**
 * Prints, as JSON, how the stack's servers are started, for tests that start them with settings of their own:
 * `node server-commands.mjs FOLDER CASSANDRA_PORTS`. Cassandra's settings are written to FOLDER.
 */
const [folder, ports] = process.argv.slice(2);
const context = { log: () => undefined };
const place = { folder };
const commands = {
  kafka: await kafka.prepare(context),
  cassandra: await cassandra.command(await cassandra.prepare(context), { place, ports: JSON.parse(ports) }),
};
process.stdout.write(JSON.stringify(commands));
