import { requestSchema } from './exportRequest'

describe('requestSchema', () => {
  const earlier = {
    v: 1,
    exportId: '20261121T200000000-0123456789ab',
    route: 'time',
    scope: { minutes: 5 },
    acceptedAt: 1,
    dry: true,
  }

  it('parses a request of an earlier version as neither dry run nor forced', () => {
    expect(requestSchema.parse(earlier)).toEqual({ ...earlier, dryRun: false, force: false })
  })

  it('keeps dryRun and force', () => {
    const asked = { ...earlier, dryRun: true, force: true }
    expect(requestSchema.parse(asked)).toEqual(asked)
  })
})
