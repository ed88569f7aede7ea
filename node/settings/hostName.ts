import { isIP } from 'net'
import { domainToASCII } from 'url'

import { text } from './fields'

/** As people write it: names of any alphabet. A URL parser would also read escapes in it, a resolver does not. */
const WRITTEN = /^[\p{L}\p{M}\p{N}_.-]+$/u
/** As it is looked up: labels of at most 63 characters. */
const LOOKED_UP = /^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/
const MOST_CHARACTERS = 253

/** Whether a text can be the host of a connection: a name that can be looked up, or an IP address. */
export function isHostName(host: string): boolean {
  if (isIP(host) !== 0) return true
  const name = WRITTEN.test(host) ? domainToASCII(host) : ''
  return LOOKED_UP.test(name) && name.length <= MOST_CHARACTERS
}

/** A server's name or IP address and nothing else; empty when not set. */
export const hostName = (example: string) =>
  text().refine(
    (host) => host === '' || isHostName(host),
    `expected a host name or an IP address, such as ${example}, without scheme, user, port or path`
  )
