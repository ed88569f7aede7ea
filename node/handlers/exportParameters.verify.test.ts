import { parseVerify } from './exportParameters'

describe('parseVerify', () => {
  it.each([
    ['', 'update', 'icm-sftp', false],
    ['verify=false', 'update', 'icm-sftp', false],
    ['verify=true', 'export', 'icm-rest', true],
    ['dryRun=true&verify=true', 'seller', 'icm-rest', true],
  ] as const)('reads %j of %s with %s', (query, route, delivery, expected) => {
    expect(parseVerify(query, route, delivery)).toBe(expected)
  })

  it.each([
    ['verify=yes', 'export', 'icm-rest', 'expected true or false, once'],
    ['verify=true&verify=true', 'export', 'icm-rest', 'expected true or false, once'],
    ['verify=true', 'export', 'icm-sftp', 'delivery icm-rest'],
    ['verify=true', 'seller', 'iom-sftp', 'delivery icm-rest'],
    ['verify=true', 'export', undefined, 'delivery icm-rest'],
    ['verify=true', 'update', 'icm-rest', 'routes export and export/seller/:sellerId'],
    ['verify=true', 'sellerTime', 'icm-rest', 'routes export and export/seller/:sellerId'],
  ] as const)('rejects %j of %s with %s', (query, route, delivery, expected) => {
    let thrown: unknown
    try {
      parseVerify(query, route, delivery)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      status: 400,
      code: 'invalid_verify',
      message: expect.stringContaining(expected),
    })
  })
})
