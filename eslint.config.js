import tseslint from 'typescript-eslint';

/**
 * Boundaries are errors with their reason. `forbid` makes one rule set for a folder out of import patterns and why they are not for it.
 */
const forbid = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });

const frameworks = {
  group: ['@nestjs/*', 'typeorm', 'typeorm/*', 'pg', 'fastify', '@fastify/*', 'axios', 'chokidar', 'nestjs-pino', 'pino', 'commander'],
  message: 'Decisions and wire types outlive frameworks: keep adapters at the edges, in services.',
};
const io = {
  group: [
    'node:fs',
    'node:fs/*',
    'node:net',
    'node:http',
    'node:https',
    'node:child_process',
    'node:worker_threads',
    'node:sqlite',
    'node:timers',
    'node:timers/*',
  ],
  message: 'No disk, network, process or timer here: what needs them is an input, read earlier by a service.',
};
const services = {
  group: ['@syncpair/metadata', '@syncpair/blob', '@syncpair/client', '@syncpair/standalone'],
  message: 'Libraries know no service: what two services share moves down into a library.',
};
const testing = { group: ['@syncpair/testing', '@syncpair/testing/*'], message: 'Fakes and fixtures are imported by tests only.' };

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'coverage/**'] },
  ...tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Named exports say what a module is; a default can be called anything.
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowStaticOnly: true }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.config.ts'],
    rules: {
      // A promise nobody waits for is an error nobody sees.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, properties: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['services/client/src/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['FormData', 'Request', 'Response'].map((name) => ({
          name,
          message: 'A client has none: see services/client/src/server/axios-without-fetch.ts.',
        })),
      ],
    },
  },
  forbid(['libs/contracts/src/**/*.ts', 'libs/sync-core/src/**/*.ts'], [frameworks, io, services, testing]),
  {
    files: ['libs/sync-core/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'fetch', 'process', 'performance'].map((name) => ({
          name,
          message: 'Decisions have no clock and no IO.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Decisions have no clock: time is an input.' },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Decisions have no chance: randomness is an input.',
        },
        { selector: ':function[async=true]', message: 'Decisions wait for nothing.' },
      ],
    },
  },
  forbid(['libs/service-http/src/**/*.ts', 'libs/embedded-postgres/src/**/*.ts'], [services]),
  forbid(
    ['services/metadata/src/**/*.ts'],
    [
      {
        group: ['@syncpair/blob', '@syncpair/client', '@syncpair/standalone'],
        message: 'Services speak over their ports; only standalone puts them into one process.',
      },
    ],
  ),
  forbid(
    ['services/blob/src/**/*.ts'],
    [
      {
        group: ['@syncpair/metadata', '@syncpair/client', '@syncpair/standalone', 'typeorm', 'pg'],
        message: 'Blob has no database and knows no other service.',
      },
    ],
  ),
  forbid(
    ['services/client/src/**/*.ts'],
    [
      {
        group: ['@nestjs/*', 'typeorm', 'pg', '@syncpair/metadata', '@syncpair/blob'],
        message: 'The client speaks to a server over HTTP only; `syncpair server` loads standalone when it is asked for.',
      },
    ],
  ),
  {
    files: [
      '**/*.spec.ts',
      '**/*.process.ts',
      '**/*.scenario.ts',
      '**/testing/**',
      '**/*conformance*',
      '**/conformance/**',
      '**/fixtures/**',
      'e2e/**',
      'bench/**',
      'tools/**',
      'libs/testing/**',
    ],
    rules: { 'no-restricted-imports': 'off', 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  // Configuration files have the default export that their tool asks for; migrations and Nest modules are classes that a framework finds.
  { files: ['**/*.config.{js,ts}'], rules: { 'no-restricted-exports': 'off' } },
);
