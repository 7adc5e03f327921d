import type { Client } from 'cassandra-driver';

/**
 * Ends the connections of hosts that the client no longer has. The driver (4.10) makes a new host of a contact point when
 * all hosts were down, and leaves the one before it to reconnect for ever: a connection, and a timer that keeps the process
 * alive, for each time that a server was away.
 */
export function endReplacedHosts(client: Client): void {
  client.on('hostRemove', (host: unknown) => {
    const { shutdown } = host as { shutdown(this: unknown, drain: boolean): Promise<void> };
    shutdown.call(host, false).catch(() => undefined);
  });
}
