/**
 * What touches HTTP, once more with the axios of the platform's own @vtex/api, which takes any from 1.8.4 on:
 * the oldest and the newest. `npm test` runs both.
 */
const { testTimeout, ...base } = require('./jest.config')

const withAxios = (name) => ({
  ...base,
  displayName: name,
  testMatch: [
    '<rootDir>/node/clients/{axios,baseClients}.test.ts',
    '<rootDir>/node/common/upstreamError.test.ts',
    '<rootDir>/node/clients/centra*.test.ts',
  ],
  moduleNameMapper: { ...base.moduleNameMapper, '^axios$': name },
  globals: { AXIOS: name },
})

module.exports = { testTimeout, projects: ['axios1-oldest', 'axios1-newest'].map(withAxios) }
