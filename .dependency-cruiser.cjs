const onlyIn = (library, folder) => ({
  name: `${library}-only-in-${folder.replaceAll('/', '-')}`,
  comment: `${library} is imported in src/${folder} alone, so that it can be replaced there.`,
  severity: 'error',
  from: { path: '^src', pathNot: `^src/${folder}` },
  to: { path: `node_modules/${library}/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^src' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'core-imports-only-core',
      comment: 'The domain knows no framework, no client library and no Node module.',
      severity: 'error',
      from: { path: '^src/core' },
      to: { pathNot: ['^src/core', 'node_modules/(zod|yaml|@marcbachmann/cel-js)/'] },
    },
    {
      name: 'runtime-imports-core',
      severity: 'error',
      from: { path: '^src/runtime' },
      to: { pathNot: ['^src/(core|runtime)'] },
    },
    {
      name: 'builder-imports-core',
      comment:
        'Users import it in their own programs and tests: it brings along no framework, no client and no Node module.',
      severity: 'error',
      from: { path: '^src/(builder|index\\.ts$|testing/test-driver)' },
      to: { pathNot: ['^src/(core|builder|testing)', 'node_modules/zod/'] },
    },
    {
      name: 'guest-imports-what-can-be-in-the-sandbox',
      comment: 'What is bundled for the sandbox runs in an engine that has no Node.',
      severity: 'error',
      from: { path: '^src/sandbox/guest/' },
      to: {
        pathNot: ['^src/(core|builder|sandbox/(guest|lanes|values|description|schema-data))', 'node_modules/zod/'],
      },
    },
    {
      name: 'adapters-know-ports-not-each-other',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)' },
      to: { path: '^src/', pathNot: ['^src/(core|runtime/ports)', '^src/adapters/$1'] },
    },
    {
      name: 'adapters-meet-ports-in-the-composition',
      severity: 'error',
      comment: 'What runs on adapters knows ports; who starts a process (service or command) chooses the adapters.',
      from: { path: '^src', pathNot: '^src/(adapters|composition|commands|main\\.ts$)' },
      to: { path: '^src/adapters' },
    },
    onlyIn('@opentelemetry', 'tracing'),
    onlyIn('kafkajs', 'adapters/kafka'),
    onlyIn('ioredis', 'adapters/redis'),
    onlyIn('cassandra-driver', 'adapters/cassandra'),
    onlyIn('avsc', 'adapters/schema-registry/avro'),
    onlyIn('protobufjs', 'adapters/schema-registry/protobuf'),
    onlyIn('ajv', 'adapters/schema-registry/json-schema'),
    onlyIn('quickjs-emscripten-core', 'sandbox'),
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test' },
  },
};
