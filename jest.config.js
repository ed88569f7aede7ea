/** Unit, property and end-to-end tests; `npx jest node/offers` runs one folder. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/node', '<rootDir>/sandbox', '<rootDir>/cli', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  // All of it in one file: it would be loaded from 330 in each test file.
  moduleNameMapper: { '^ramda$': '<rootDir>/node_modules/ramda/dist/ramda.js' },
  modulePathIgnorePatterns: ['<rootDir>/.sandbox/'],
  testTimeout: 120000,
  // Tests run in a context of their own, where a look at a global costs more than most of what is done with it.
  // Not what a test may replace, such as Date.
  sandboxInjectedGlobals: [
    ...['Array', 'BigInt', 'Boolean', 'JSON', 'Map', 'Math', 'Number', 'Object'],
    ...['Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'Uint8Array', 'WeakMap'],
  ],
}
