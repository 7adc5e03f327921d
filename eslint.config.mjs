import tseslint from 'typescript-eslint';

/** What the page uses of a browser. */
const BROWSER = [
  ...['document', 'location', 'performance', 'addEventListener', 'getComputedStyle', 'innerWidth', 'matchMedia'],
  ...['fetch', 'AbortController', 'AbortSignal', 'ResizeObserver', 'URLSearchParams', 'WebSocket'],
  ...['setTimeout', 'clearTimeout', 'devicePixelRatio', 'scrollTo', 'sessionStorage', 'btoa'],
  ...['TextEncoder', 'TextDecoderStream'],
];

export default tseslint.config(
  { ignores: ['dist', 'bench', 'node_modules', '**/*.d.mts'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/require-await': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core knows no clock: take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'The core knows no chance.' },
        { object: 'process', property: 'env', message: 'The core knows no environment.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/adapters/kafka/kafkajs/index.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          name: 'kafkajs',
          allowTypeImports: true,
          message: 'Take values of kafkajs from adapters/kafka/kafkajs, which makes it lean before it is loaded.',
        },
      ],
    },
  },
  {
    ...tseslint.configs.disableTypeChecked,
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
  },
  {
    files: ['src/dashboard/public/**/*.js'],
    languageOptions: { globals: Object.fromEntries(BROWSER.map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error', 'no-console': 'error', eqeqeq: 'error' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-member-access': 'off' },
  },
);
