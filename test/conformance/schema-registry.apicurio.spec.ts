import { HttpSchemaRegistry } from '../../src/adapters/schema-registry/http-schema-registry';
import { testServers, uniqueName } from '../support/servers';
import { describeParkedSchemas } from './parked-schemas.conformance';
import { describeSchemaRegistry } from './schema-registry.conformance';

const open = () =>
  Promise.resolve({
    registry: new HttpSchemaRegistry({ url: testServers().schemaRegistry }),
    newSubject: () => uniqueName('subject'),
    close: () => Promise.resolve(),
  });

describeSchemaRegistry('Apicurio', open);
describeParkedSchemas('Apicurio', open);
