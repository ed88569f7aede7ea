/** Unit, property and end-to-end tests; `npx jest node/offers` runs one folder. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/node', '<rootDir>/sandbox', '<rootDir>/tests'],
  // TypeScript first: beside worker.cjs there is a worker.ts.
  moduleFileExtensions: ['ts', 'js', 'cjs', 'json', 'node'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  modulePathIgnorePatterns: ['<rootDir>/.sandbox/'],
  testTimeout: 60000,
}
