import { type AllowedCall, VTEX_CALLS } from './allowed-calls'

/** A request that may leave, as it is sent. */
export interface Admitted {
  /** The call's name, for counts. */
  name: string
  method: AllowedCall['method']
  /** Path and query. */
  path: string
}

/** What was asked for, and is on no list. It names no query: that could hold anything. */
export class NotAllowed extends Error {}

const ID = '\\d{1,16}'
/** What `encodeURIComponent` makes of a text. */
const TEXT = "(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-Fa-f]{2}){1,2000}"
const PLACES: Readonly<Record<string, string>> = { '{id}': ID, '{text}': TEXT }
const WHOLE = /^\d{1,16}$/
const MOST_REFERENCES = 1_000

const calls = Object.values<AllowedCall>(VTEX_CALLS).map((call) => ({
  call,
  matches: patternOf(call.path),
}))

/** A template's places become patterns; the rest of it has no character that means something in one. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, (place) => PLACES[place] ?? place)}$`)
}

/**
 * The request that the app's request to VTEX becomes, if it is one of `VTEX_CALLS`.
 * @param url path and query as the app sent them, to the host that serves every account: `an` names its own
 * @throws {NotAllowed} for any other
 */
export function admitted(method: string, url: string, account: string): Admitted {
  const [path = '', query = '', ...more] = url.split('?')
  const found = calls.find(({ call, matches }) => call.method === method && matches.test(path))
  if (found === undefined || more.length > 0 || climbs(path)) {
    throw new NotAllowed(`${method} ${path.slice(0, 200)} is not one of the calls that may leave`)
  }
  const { name, method: allowed } = found.call
  return { name, method: allowed, path: `${path}${queryOf(found.call, query, account)}` }
}

/** The query without `an`: the host that is called is the account's own. */
function queryOf({ name, query: wanted }: AllowedCall, query: string, account: string): string {
  const given = [...new URLSearchParams(query)]
  const names = given.map(([each]) => each)
  const isKnown = ([each, value]: [string, string]) =>
    each === 'an' ? value === account : wanted.includes(each) && WHOLE.test(value)
  if (!given.every(isKnown) || new Set(names).size < names.length || !names.includes('an')) {
    throw new NotAllowed(
      `${name}: expected an=${account} and no parameters but ${wanted.join(', ') || 'that'}`
    )
  }
  const rest = new URLSearchParams(given.filter(([each]) => each !== 'an')).toString()
  return rest && `?${rest}`
}

/** Whether a segment could lead elsewhere, however often somebody decodes it. */
function climbs(path: string): boolean {
  for (let text = path; ; ) {
    if (text.split(/[\\/]/).some((segment) => ['.', '..'].includes(segment.trim()))) return true
    const decoded = decodedOnce(text)
    if (decoded === text) return false
    text = decoded
  }
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The body of the only POST: references of SKUs, and nothing that could be taken for anything else.
 * @throws {NotAllowed}
 */
export function references(body: string): string {
  const parsed = parsedOrNothing(body)
  if (
    Array.isArray(parsed) &&
    parsed.length <= MOST_REFERENCES &&
    parsed.every((each) => typeof each === 'string')
  ) {
    return JSON.stringify(parsed)
  }
  throw new NotAllowed('SKUs by reference: expected a list of references')
}

function parsedOrNothing(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * The request that the app's request to Centra becomes: a page of its stock, and nothing else. Its query may hold
 * anything: pages have the names that Centra gave them.
 * @param stockPath the path of the setting `centraUrl` and `/stock`
 * @throws {NotAllowed} for any other
 */
export function admittedAtCentra(method: string, url: string, stockPath: string): Admitted {
  const [path] = url.split('?', 1)
  if (method === 'GET' && path === stockPath) return { name: "Centra's stock", method, path: url }
  throw new NotAllowed(`Centra: ${method} ${path?.slice(0, 200)} is not GET ${stockPath}`)
}
