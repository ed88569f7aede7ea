import { SOAK_TIMEOUT, soak } from './support/soak'

jest.setTimeout(SOAK_TIMEOUT)

it('npm run soak passes a short chaos run and prints its summary', async () => {
  const said = await soak('--minutes', '0.2', '--skus', '60')
  expect(said).toMatch(/ [12] accepted, /)
  expect(said).toMatch(/ [1-9]\d* workers killed/)
  expect(said).toMatch(/faults: [1-9]/)
  expect(said).toMatch(/export after the chaos run: completed/)
  expect(said).toContain('Passed: nothing was lost.')
})
