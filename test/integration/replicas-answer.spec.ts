import { readingEvents } from '../support/reading-activity';
import { ReadingCopy } from '../support/reading-copy';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

interface RowsBody {
  readonly rows: readonly { readonly values: { readonly pages: number } }[];
}

interface Ingested {
  readonly positions: readonly { readonly partition: number; readonly offset: string }[];
}

describe('any replica answers for all partitions', () => {
  const copy = new ReadingCopy();
  const services: ServiceProcess[] = [];
  const start = async (name: string, roles = 'all'): Promise<ServiceProcess> => {
    const env = { MILLRACE_PIPELINES: copy.folder, MILLRACE_ROLES: roles };
    const service = await ServiceProcess.start(name, env);
    services.push(service);
    return service;
  };
  afterAll(() => Promise.all(services.map((service) => service.stop())));

  it('with what a client has sent before, while the replicas share the partitions anew', async () => {
    const [first, reader] = await Promise.all([start('replica-first'), start('replica-reader', 'serve')]);
    await Promise.all([first.ready(), reader.ready()]);
    const pipeline = copy.nameOf('reading-chapters');
    const events = readingEvents(copy.mark, 4, 7);
    const failures: string[] = [];
    let asked = 0;
    let sent = 0;
    let done = false;

    /** Sends a page, and asks the other replica for an answer that has it. */
    const sendAndAsk = async (i: number): Promise<void> => {
      const response = await fetch(`${first.url}/v1/ingest/${copy.topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events[i]),
      });
      const { positions } = (await response.json()) as Ingested;
      sent = i + 1;
      const after = `${copy.topic}:${positions[0]!.partition}:${positions[0]!.offset}`;
      const answer = await fetch(`${reader.url}/v1/pipelines/${pipeline}/rows?after=${after}&timeout=60s&limit=1000`);
      asked++;
      if (answer.status !== 200) return void failures.push(`${answer.status} ${await answer.text()}`);
      const { rows } = (await answer.json()) as RowsBody;
      const pages = rows.reduce((total, { values }) => total + values.pages, 0);
      if (pages < sent) failures.push(`${pages} pages after ${sent} were sent`);
    };
    const asking = (async () => {
      for (let i = 0; !done && i < events.length; i++) await sendAndAsk(i);
    })();

    // A replica comes and goes, twice: each time partitions change hands.
    for (const name of ['replica-second', 'replica-third']) {
      const before = asked;
      const joined = await (await start(name)).ready();
      await waitUntil('answers go on', () => asked > before + 5);
      expect(await joined.stop()).toBe(0);
    }
    const after = asked;
    await waitUntil('answers go on', () => asked > after + 5);
    done = true;
    await asking;
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(15);
  });
});
