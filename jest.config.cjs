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
  // Commands are imported when they run, under the names that they have once built.
  moduleNameMapper: { '^(\\./[a-z-]+\\.command)\\.js$': '$1' },
  testEnvironment: 'node',
  testTimeout: 30000,
};
