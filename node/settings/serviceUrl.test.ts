import fc from 'fast-check'

import { serviceUrl } from './serviceUrl'

const FORM = 'expected https:// with a host name, and no user, query or fragment'
const INSIDE =
  'expected https:// with a public host; addresses inside a network are not allowed here'

/** What becomes of a given address: the address, or why it is refused. */
function read(given: unknown, production: boolean): string {
  const parsed = serviceUrl(production).safeParse(given)
  return parsed.success ? parsed.data : (parsed.error.issues[0]?.message ?? '')
}

const inProduction = (given: unknown) => read(given, true)
const elsewhere = (given: unknown) => read(given, false)

describe('serviceUrl', () => {
  it.each([
    ['https://shop.example', 'https://shop.example'],
    [' https://shop.example/ ', 'https://shop.example'],
    ['HTTPS://Shop.Example:443/', 'https://shop.example'],
    ['https://shop.example:8443/a/b//', 'https://shop.example:8443/a/b'],
    ['https://8.8.8.8/x', 'https://8.8.8.8/x'],
    ['https://134744072', 'https://8.8.8.8'],
  ])('reads %s as %s', (given, called) => {
    expect([inProduction(given), elsewhere(given)]).toEqual([called, called])
  })

  it.each([undefined, null, '', '  '])('returns no address for %p', (given) => {
    expect([inProduction(given), elsewhere(given)]).toEqual(['', ''])
  })

  it.each([
    ...['shop.example', '//shop.example', 'shop.example:443', '/a', 'https://', 'https://%'],
    ...['http://shop.example', 'ftp://shop.example', 'file:///etc/passwd', 'javascript:1'],
    ...['data:,x', 'gopher://shop.example', 'https://shop.example:99999', 'https://a b.example'],
    ...[
      'https://user@shop.example',
      'https://user:password@shop.example',
      'https://:p@shop.example',
    ],
    ...['https://shop.example?', 'https://shop.example/?a=b', 'https://shop.example#'],
    ...['https://shop.example/#a', 'https://[::1', 'https://256.256.256.256'],
    ...[`https://shop.example/${'a'.repeat(2_048)}`, 'http://10.0.0.1', 'http://169.254.169.254'],
  ])('rejects %s', (given) => {
    expect([inProduction(given), elsewhere(given)]).toEqual([FORM, FORM])
  })

  it.each([
    ...['https://10.0.0.1', 'https://169.254.169.254/latest', 'https://[fd00:ec2::254]'],
    ...['https://0xa9fea9fe', 'https://[::ffff:127.0.0.1]', 'https://metadata.google.internal'],
    ...['https://intranet', 'https://0', 'https://printer.local.'],
  ])('rejects an address inside a network in any workspace: %s', (given) => {
    expect([inProduction(given), elsewhere(given)]).toEqual([INSIDE, INSIDE])
  })

  it.each([
    ['https://localhost:8443', INSIDE, 'https://localhost:8443'],
    ['https://127.1', INSIDE, 'https://127.0.0.1'],
    ['https://[::1]/x', INSIDE, 'https://[::1]/x'],
    ['http://localhost:8080/api', FORM, 'http://localhost:8080/api'],
    ['http://127.0.0.1:4000', FORM, 'http://127.0.0.1:4000'],
    ['http://centra.localhost', FORM, 'http://centra.localhost'],
  ])(
    'accepts a loopback address only in workspaces outside production: %s',
    (given, refusal, called) => {
      expect([inProduction(given), elsewhere(given)]).toEqual([refusal, called])
    }
  )

  it('repeats nothing of a rejected address', () => {
    const given = fc
      .hexaString({ minLength: 12 })
      .chain((secret) =>
        fc.constantFrom(
          ...[`https://u:${secret}@shop.example`, `https://shop.example?${secret}`, secret],
          ...[`https://${secret}.local`, `ftp://${secret}`]
        )
      )
    fc.assert(
      fc.property(given, fc.boolean(), (address, production) => {
        expect([FORM, INSIDE]).toContain(read(address, production))
      })
    )
  })
})
