import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Where each library may be imported; everywhere else in packages/ and apps/ it is refused. */
const homes = {
  express: ['packages/*/src/**/http/**', 'packages/*/src/**/*.test.ts', 'apps/**'],
  chokidar: ['packages/sender/src/watch/**'],
  axios: ['packages/sender/src/deliver/**'],
  'axios-retry': ['packages/sender/src/deliver/**'],
  multer: ['packages/receiver/src/intake/**', 'apps/demo/**'],
  'better-sqlite3': ['packages/core/src/node/**'],
  pino: ['packages/core/src/node/**'],
};

/** Which packages a package may not know: core knows none, sender and receiver never meet. */
const strangers = {
  core: ['@lockstep/sender', '@lockstep/receiver', '@lockstep/monitor', 'lockstep'],
  sender: ['@lockstep/receiver', '@lockstep/monitor', 'lockstep'],
  receiver: ['@lockstep/sender', '@lockstep/monitor', 'lockstep'],
  monitor: ['@lockstep/sender', '@lockstep/receiver', 'lockstep'],
};

const confineLibraries = Object.entries(homes).map(([library, allowed]) =>
  confine(`confine ${library}`, ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], allowed, [library]),
);

const confinePackages = Object.entries(strangers).map(([name, unknown]) =>
  confine(`layers of ${name}`, [`packages/${name}/src/**/*.ts`], [], unknown),
);

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/bundle/',
    '**/node_modules/',
    '**/.turbo/',
    '**/.fleet/',
    '**/.lockstep/',
    '**/test-output/',
  ]),
  js.configs.recommended,
  {
    rules: {
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['packages/monitor/static/**/*.js', 'apps/*/static/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'suite', 'test'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'max-lines': ['error', 250] },
  },
  {
    // A contract suite is one function around many tests, hence the exception for testing/.
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: { 'max-lines-per-function': ['error', 60] },
  },
  ...confineLibraries,
  ...confinePackages,
);

/**
 * A configuration that refuses `modules` in `files` but not in `allowed`. Each gets a plugin namespace of its own,
 * because ESLint replaces, and does not merge, the options of one rule given twice.
 */
function confine(name, files, allowed, modules) {
  const namespace = name.replaceAll(/[^a-z]+/g, '-');
  const rule = tseslint.plugin.rules['no-restricted-imports'];
  const paths = modules.map((module) => ({
    name: module,
    message: `See "${name}" in eslint.config.js.`,
    allowTypeImports: module === 'express',
  }));
  return {
    name,
    files,
    ignores: allowed,
    plugins: { [namespace]: { rules: { imports: rule } } },
    rules: { [`${namespace}/imports`]: ['error', { paths }] },
  };
}
