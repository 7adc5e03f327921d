/** @type {import('jest').Config} */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2023',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    // Commands are imported when they run, under the names that they have once built.
    '^(\\./[a-z-]+\\.command)\\.js$': '$1',
    '^(\\.\\./processing/extension-modules)\\.js$': '$1',
    '^(\\.\\./sandbox/sandboxed-module)\\.js$': '$1',
    // Modules of extensions are imported by URL.
    '^file://(.*)$': '$1',
    // Examples import this package as users do.
    '^millrace$': '<rootDir>/src/index.ts',
  },
  // The sandbox of extensions reads what is bundled for it.
  globalSetup: '<rootDir>/scripts/build-guest.mjs',
  testEnvironment: 'node',
  testTimeout: 30000,
};
