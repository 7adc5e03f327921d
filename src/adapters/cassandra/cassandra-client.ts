import { Client, type QueryOptions, type types } from 'cassandra-driver';
import { cassandraError } from './cassandra-error';
import { type CassandraOptions, driverOptions } from './cassandra-options';
import { withDeadline } from './deadline';
import { endReplacedHosts } from './replaced-hosts';

const CONNECT_DEADLINE_MS = 10_000;
const PING_DEADLINE_MS = 5_000;
const CLOSE_DEADLINE_MS = 5_000;

/** A statement with its values, in the order of its `?`. */
export interface Statement {
  readonly query: string;
  readonly params: readonly unknown[];
}

/**
 * The driver's client with its errors typed by reaction (`cassandraError`). Statements are prepared once per host.
 * Every request has a deadline; a lost server is looked for again with back-off of at most 5 s.
 * As a runtime `Dependency` it can be pinged.
 */
export class CassandraClient {
  readonly name = 'cassandra';
  private readonly driver: Client;
  private readonly where: string;

  /** Connects to nothing yet. Throws ConfigError when the options are wrong. */
  constructor(options: CassandraOptions) {
    this.where = options.contactPoints.join(', ');
    try {
      this.driver = new Client(driverOptions(options));
    } catch (thrown) {
      throw cassandraError(thrown, `Cassandra at ${this.where}`);
    }
    // Without a listener an `error` event would end the process; what went wrong reaches the callers of requests.
    this.driver.on('error', () => undefined);
    endReplacedHosts(this.driver);
  }

  /**
   * May be called again after it has failed. Throws TransientError when no contact point answers within the deadline,
   * FatalError when they refuse the credentials, ConfigError when none is in the data centre.
   */
  async connect(deadlineMs = CONNECT_DEADLINE_MS): Promise<void> {
    const doing = `connecting to Cassandra at ${this.where}`;
    try {
      await withDeadline(this.connectDriver(), deadlineMs, `${doing}: no answer`);
    } catch (thrown) {
      throw cassandraError(thrown, doing);
    }
  }

  /** The driver (4.10) leaves its first connection open when what follows fails, such as a wrong data centre. */
  private async connectDriver(): Promise<void> {
    try {
      await this.driver.connect();
    } catch (thrown) {
      const internals = this.driver as unknown as { controlConnection?: { connection?: { close(): unknown } | null } };
      await internals.controlConnection?.connection?.close();
      throw thrown;
    }
  }

  /** `doing` begins the message of an error, e.g. `reading aqdata.pm25`. */
  async execute({ query, params }: Statement, doing: string, options: QueryOptions = {}): Promise<types.ResultSet> {
    try {
      return await this.driver.execute(query, [...params], options);
    } catch (thrown) {
      throw cassandraError(thrown, doing);
    }
  }

  /** An unlogged, idempotent batch. All statements must be of one partition, else it is slower than single ones. */
  async batch(statements: readonly Statement[], doing: string, options: QueryOptions = {}): Promise<void> {
    try {
      await this.driver.batch(statements as { query: string; params: unknown[] }[], {
        prepare: true,
        logged: false,
        isIdempotent: true,
        ...options,
      });
    } catch (thrown) {
      throw cassandraError(thrown, doing);
    }
  }

  /** Whether the nodes that are up agree on the schema. */
  schemaAgreed(): Promise<boolean> {
    const metadata = this.driver.metadata as unknown as { checkSchemaAgreement(): Promise<boolean> };
    return metadata.checkSchemaAgreement();
  }

  async ping(): Promise<void> {
    const doing = `asking Cassandra at ${this.where} for its version`;
    const asked = this.execute({ query: 'SELECT release_version FROM system.local', params: [] }, doing, {
      readTimeout: PING_DEADLINE_MS,
      isIdempotent: true,
    });
    await withDeadline(asked, PING_DEADLINE_MS, `${doing}: no answer`);
  }

  /** Requests under way fail with TransientError. */
  async close(): Promise<void> {
    await withDeadline(this.driver.shutdown(), CLOSE_DEADLINE_MS, 'closing Cassandra connections: not done');
  }
}
