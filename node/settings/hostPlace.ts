import ipaddr from 'ipaddr.js'

/**
 * Where a host of a URL lies: `public`, `loopback`, or `inside`, a network's own or nobody's (link-local,
 * private, carrier's, metadata, multicast, reserved, an IPv4 address wrapped in an IPv6 one).
 */
export type HostPlace = 'public' | 'loopback' | 'inside'

/** Domains that only a network's own resolver knows, and the one of VTEX IO's own services. */
const INSIDE = [
  ...[
    'local',
    'localdomain',
    'internal',
    'intranet',
    'lan',
    'home',
    'corp',
    'private',
    'home.arpa',
  ],
  'io.vtex.com',
]

/** Azure's virtual machines learn about themselves from this one, though it lies in a public range. */
const METADATA = ['168.63.129.16']

/** IPv6 addresses that anybody uses for hosts (RFC 4291, 2.4); the rest is special or not yet given out. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * @param hostname as the WHATWG URL parser gives it: lower case, IPv4 addresses in four decimal parts
 *   whatever they were written as, IPv6 addresses in brackets. A name is judged by itself: nobody is asked
 *   where it leads.
 */
export function placeOf(hostname: string): HostPlace {
  const host = hostname.replace(/^\[|[\].]+$/g, '')
  return ipaddr.isValid(host) ? placeOfAddress(ipaddr.parse(host)) : placeOfName(host)
}

function placeOfAddress(address: ipaddr.IPv4 | ipaddr.IPv6): HostPlace {
  const range = address.range()
  if (range === 'loopback') return 'loopback'
  if (range !== 'unicast' || METADATA.includes(address.toString())) return 'inside'
  return address instanceof ipaddr.IPv6 && !address.match(GLOBAL) ? 'inside' : 'public'
}

function placeOfName(name: string): HostPlace {
  const isIn = (domain: string) => name === domain || name.endsWith(`.${domain}`)
  if (isIn('localhost')) return 'loopback'
  return !name.includes('.') || INSIDE.some(isIn) ? 'inside' : 'public'
}
