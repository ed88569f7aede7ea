import { SOAK_PATIENCE, soak } from './support/soak'

jest.setTimeout(SOAK_PATIENCE)

it('an upstream with a limit is measured, with and without maxRequestsPerMinute', async () => {
  const said = await soak('--limit', '200', '--skus', '200').catch(({ stdout }) => String(stdout))
  expect(said.match(/completed after \d+ s/g)).toHaveLength(2)
  expect(said.match(/[\d.]+ requests\/s while reading/g)).toHaveLength(4)
})
