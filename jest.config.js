/** Unit, property and end-to-end tests; `npx jest node/offers` runs one folder. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/node', '<rootDir>/sandbox', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  modulePathIgnorePatterns: ['<rootDir>/.sandbox/'],
  testTimeout: 60000,
}
