import { requestSchema } from './scope'

describe('a saved request', () => {
  const earlier = {
    v: 1,
    exportId: '20261121T200000000-0123456789ab',
    route: 'time',
    scope: { minutes: 5 },
    acceptedAt: 1,
    dry: true,
  }

  it('of an earlier version is read as one that asked for neither a dry run nor force', () => {
    expect(requestSchema.parse(earlier)).toEqual({ ...earlier, dryRun: false, force: false })
  })

  it('says what it asked for', () => {
    const asked = { ...earlier, dryRun: true, force: true }
    expect(requestSchema.parse(asked)).toEqual(asked)
  })
})
