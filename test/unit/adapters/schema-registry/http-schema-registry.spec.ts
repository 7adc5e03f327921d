import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpSchemaRegistry } from '../../../../src/adapters/schema-registry/http-schema-registry';
import { ConfigError, TransientError } from '../../../../src/core/errors';
import { avroUser } from '../../../support/user-schemas';

/** What a registry, or something that is none, may answer. */
describe('the client of a schema registry', () => {
  let server: Server;
  let address: string;
  let status: number;
  let body: string;
  let asked: { headers: IncomingHttpHeaders; url: string | undefined };

  beforeEach(async () => {
    server = createServer((request, response) => {
      asked = { headers: request.headers, url: request.url };
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const answers = (given: number, text: string | object): void => {
    status = given;
    body = typeof text === 'string' ? text : JSON.stringify(text);
  };
  const registry = (more: object = {}) => new HttpSchemaRegistry({ url: `http://${address}/api/`, ...more });

  it('says where it asked and what to set when it is not let in', async () => {
    answers(401, { error_code: 40101, message: 'Unauthorized' });
    const refused = registry().byId(1);
    await expect(refused).rejects.toThrow(TransientError);
    await expect(refused).rejects.toThrow(
      `The schema registry at http://${address} answers 401: Unauthorized; set MILLRACE_SCHEMA_REGISTRY_USERNAME and _PASSWORD`,
    );
  });

  it('sends user and password, also those of the address, and tells neither', async () => {
    answers(200, { schema: '"string"' });
    expect(await registry({ username: 'u', password: 'p' }).byId(7)).toEqual({
      format: 'avro',
      text: '"string"',
      references: [],
    });
    expect(asked.headers.authorization).toBe(`Basic ${btoa('u:p')}`);
    expect(asked.url).toBe('/api/schemas/ids/7');
    const url = `http://u:secret@${address}/api`;
    answers(500, 'no JSON at all');
    await expect(new HttpSchemaRegistry({ url }).byId(7)).rejects.toThrow(
      `http://${address} answers 500: no JSON at all`,
    );
    expect(asked.headers.authorization).toBe(`Basic ${btoa('u:secret')}`);
  });

  it('takes only a 404 of the API for something that is not there', async () => {
    answers(404, { error_code: 40403, message: 'Schema not found' });
    expect(await registry().byId(1)).toBeUndefined();
    answers(404, '<html>Not found</html>');
    await expect(registry().byId(1)).rejects.toThrow(TransientError);
  });

  it('waits for what does not answer, and says why it does not', async () => {
    await new Promise((resolve) => server.close(resolve));
    const refused = registry().version('users', 'latest');
    await expect(refused).rejects.toThrow(TransientError);
    await expect(refused).rejects.toThrow(
      /The schema registry at http:\/\/127.0.0.1:\d+ does not answer: .*ECONNREFUSED/,
    );
  });

  it('says why a schema is refused that is none, and gives up', async () => {
    answers(422, { error_code: 42201, message: 'Invalid schema:\n no name' });
    const refused = registry().register('users', avroUser());
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow('Subject users refuses the schema: Invalid schema: no name');
  });

  it('does not go on with an answer of another shape', async () => {
    answers(200, { schema: 5 });
    await expect(registry().byId(1)).rejects.toThrow(TransientError);
    answers(200, { schema: '{}', schemaType: 'THRIFT' });
    await expect(registry().byId(1)).rejects.toThrow('a type of schemas that is new: THRIFT');
  });
});
