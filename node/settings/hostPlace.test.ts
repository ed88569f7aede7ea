import fc from 'fast-check'

import { placeOf } from './hostPlace'

/** Judged as the settings are: as the host of a URL. */
const placeIn = (host: string) => placeOf(new URL(`https://${host}/`).hostname)

describe('placeOf', () => {
  it.each([
    ...['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f000001', '0177.0.0.1'],
    ...['0x7f.1', '017700000001', '127.0.0.1.', '127.0.0.1..', '127%2e0.0.1', '１２７.0.0.1'],
    ...['[::1]', '[0:0:0:0:0:0:0:1]', '[::0001]'],
    ...['localhost', 'LOCALHOST', 'localhost.', 'localhost..', 'app.localhost', 'ｌocalhost'],
  ])('returns loopback: %s', (host) => {
    expect(placeIn(host)).toBe('loopback')
  })

  it.each([
    // Link-local, and where clouds tell their machines about themselves.
    ...['169.254.0.1', '169.254.169.254', '2852039166', '0xa9fea9fe', '169.254.43518'],
    ...['169.254.170.2', '168.63.129.16', '100.100.100.200', '192.0.0.192', '[fd00:ec2::254]'],
    ...['[fe80::1]', '[febf::1]', '[FE80::A9FE:A9FE]', 'metadata.google.internal', 'metadata'],
    // Private, unique-local, the carrier's, unspecified, multicast, broadcast, reserved.
    ...['10.0.0.1', '10.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.257'],
    ...['[fc00::1]', '[fdff::1]', '[fec0::1]', '100.64.0.1', '100.127.255.255'],
    ...['0.0.0.0', '0', '0.1.2.3', '[::]', '224.0.0.1', '239.255.255.255', '[ff02::1]'],
    ...['255.255.255.255', '240.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
    ...['[2001:db8::1]', '[100::1]', '[4000::1]', '[5f00::1]', '[3fff::1]'],
    // An IPv4 address in an IPv6 one, its own place being loopback, link-local or public.
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]', '[::ffff:8.8.8.8]'],
    ...['[::127.0.0.1]', '[::7f00:1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]'],
    ...['[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001::1]'],
    // Names of a network's own.
    ...['intranet', 'db', 'printer.local', 'printer.LOCAL.', 'x.localdomain', 'vault.internal'],
    ...['nas.lan', 'x.intranet', 'x.corp', 'x.home', 'x.private', 'router.home.arpa', 'local'],
    ...['infra.io.vtex.com', 'app.io.vtex.com'],
  ])('returns inside: %s', (host) => {
    expect(placeIn(host)).toBe('inside')
  })

  it.each([
    ...[
      'shop.example',
      'api.shop.example.',
      'acme.centra.com',
      'xn--bcher-kva.example',
      'bücher.de',
    ],
    ...['8.8.8.8', '134744072', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1'],
    ...['[2606:4700::1111]', '[2a00:1450:4001::1]'],
    // Only like the names of a network's own.
    ...['localhost.example', 'notlocalhost.example', 'internal.example', 'mylocal.dev', 'vtex.com'],
  ])('returns public: %s', (host) => {
    expect(placeIn(host)).toBe('public')
  })
})

/** Networks of which no address is public: the first address, and how many bits of it are the network's. */
const SPECIAL: readonly [number, number][] = [
  [ip(0), 8],
  [ip(10), 8],
  [ip(100, 64), 10],
  [ip(127), 8],
  [ip(169, 254), 16],
  [ip(172, 16), 12],
  [ip(192, 0, 0), 24],
  [ip(192, 0, 2), 24],
  [ip(192, 31, 196), 24],
  [ip(192, 52, 193), 24],
  [ip(192, 88, 99), 24],
  [ip(192, 168), 16],
  [ip(192, 175, 48), 24],
  [ip(198, 18), 15],
  [ip(198, 51, 100), 24],
  [ip(203, 0, 113), 24],
  [ip(224), 3],
  [ip(168, 63, 129, 16), 32],
]

function ip(a: number, b = 0, c = 0, d = 0): number {
  return ((a * 256 + b) * 256 + c) * 256 + d
}

const isSpecial = (address: number) =>
  SPECIAL.some(([first, bits]) => address >= first && address < first + 2 ** (32 - bits))

const octets = (address: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256)

/** Ways to write an IPv4 address that URLs take. */
const spelling = fc.constantFrom<(address: number) => string>(
  (address) => octets(address).join('.'),
  (address) => `${octets(address).join('.')}.`,
  (address) => String(address),
  (address) => `0x${address.toString(16)}`,
  (address) => `0${address.toString(8)}`,
  (address) => `${Math.floor(address / 2 ** 24)}.${address % 2 ** 24}`,
  (address) => `${octets(address).slice(0, 2).join('.')}.0x${(address % 2 ** 16).toString(16)}`
)

describe('placeOf an IPv4 address', () => {
  it('never returns public for a special network, however it is written', () => {
    const address = fc
      .tuple(
        fc.constantFrom(...SPECIAL),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
      )
      .map(([[first, bits], share]) => first + Math.floor(share * 2 ** (32 - bits)))
    fc.assert(
      fc.property(address, spelling, (special, written) => {
        expect(placeIn(written(special))).not.toBe('public')
      }),
      { numRuns: 1_000 }
    )
  })

  it('returns loopback in 127/8, inside in special networks, else public', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), spelling, (address, written) => {
        const special = address >= ip(127) && address < ip(128) ? 'loopback' : 'inside'
        expect(placeIn(written(address))).toBe(isSpecial(address) ? special : 'public')
      }),
      { numRuns: 1_000 }
    )
  })

  it('returns the right place at the edges of special networks', () => {
    for (const [first, bits] of SPECIAL) {
      const last = first + 2 ** (32 - bits) - 1
      for (const address of [first - 1, first, last, last + 1]) {
        if (address < 0 || address >= 2 ** 32) continue
        expect([address, placeIn(String(address)) !== 'public']).toEqual([
          address,
          isSpecial(address),
        ])
      }
    }
  })

  it('never returns public for one inside an IPv6 address', () => {
    const wrapped = fc.constantFrom('::ffff:', '::', '64:ff9b::', '::ffff:0:')
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), wrapped, (address, prefix) => {
        expect(placeIn(`[${prefix}${octets(address).join('.')}]`)).not.toBe('public')
      })
    )
  })
})
