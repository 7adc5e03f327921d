import { HttpSchemaRegistry } from '../../src/adapters/schema-registry/http-schema-registry';
import { testServers, uniqueName } from '../support/servers';
import { describeSchemaRegistry } from './schema-registry.conformance';

describeSchemaRegistry('Apicurio', () =>
  Promise.resolve({
    registry: new HttpSchemaRegistry({ url: testServers().schemaRegistry }),
    newSubject: () => uniqueName('subject'),
    close: () => Promise.resolve(),
  }),
);
