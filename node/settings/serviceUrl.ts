import { text } from './fields'
import { type HostPlace, placeOf } from './hostPlace'

/** Longer than any that somebody needs. */
const MOST_CHARACTERS = 2_048

const ADDRESS = 'expected https:// with a host name, and no user, query or fragment'
const OUTSIDE =
  'expected https:// with a public host; addresses inside a network are not allowed here'

const LOCAL: Record<string, readonly HostPlace[]> = {
  'https:': ['public', 'loopback'],
  'http:': ['loopback'],
}
const PRODUCTION: typeof LOCAL = { 'https:': ['public'] }

/**
 * The address of a service on the internet, empty when not set, with no slash at its end: what a browser
 * would make of it, so that what was checked is what is called. Never one inside the network that the app
 * runs in. Where the workspace is not production, the developer's own machine is fine, by http too.
 */
export const serviceUrl = (production: boolean) =>
  text().transform((given, context) => {
    if (given === '') return ''
    const url = given.length <= MOST_CHARACTERS ? parse(given) : undefined
    const allowed = (production ? PRODUCTION : LOCAL)[url?.protocol ?? '']
    if (url && allowed?.includes(placeOf(url.hostname))) return url.href.replace(/\/+$/, '')
    context.addIssue(url?.protocol === 'https:' ? OUTSIDE : ADDRESS)
    return ''
  })

function parse(given: string): URL | undefined {
  // Not even an empty query: what is appended to the address would end up in it.
  if (/[?#]/.test(given) || !URL.canParse(given)) return undefined
  const url = new URL(given)
  return url.username || url.password ? undefined : url
}
