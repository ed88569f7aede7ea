import fc from 'fast-check'
import { inspect } from 'util'
import { toUpstreamError } from './upstreamError'

const NOW = Date.UTC(2026, 10, 21, 20)

const failed = (status: number, headers: Record<string, unknown> = {}) =>
  toUpstreamError('VTEX logistics', { response: { status, headers } })

describe('toUpstreamError', () => {
  beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW))
  afterEach(() => jest.restoreAllMocks())

  it.each([
    [400, 'refused', 'status 400'],
    [401, 'refused', 'status 401, the credentials were not accepted'],
    [403, 'refused', "status 403, the app's role or policy does not allow this"],
    [301, 'refused', 'status 301, the upstream redirects, which is not followed'],
    [302, 'refused', 'status 302, the upstream redirects, which is not followed'],
    [303, 'refused', 'status 303, the upstream redirects, which is not followed'],
    [304, 'down', 'status 304'],
    [307, 'refused', 'status 307, the upstream redirects, which is not followed'],
    [308, 'refused', 'status 308, the upstream redirects, which is not followed'],
    [404, 'missing', 'status 404'],
    [429, 'overloaded', 'status 429'],
    [412, 'down', 'status 412'],
    [423, 'down', 'status 423'],
    [500, 'down', 'status 500'],
    [503, 'down', 'status 503'],
  ])('maps status %i to %s', (status, kind, detail) => {
    expect(failed(status)).toMatchObject({
      status,
      kind,
      code: `upstream_${kind}`,
      message: `VTEX logistics: ${detail}`,
      retryAfterMs: undefined,
    })
  })

  it.each([
    [{ code: 'ECONNRESET' }, 'ECONNRESET'],
    [{ code: 'ECONNABORTED', response: undefined }, 'ECONNABORTED'],
    [{ code: 'the token is abc' }, 'no answer'],
    [{ response: { status: '500' } }, 'no answer'],
    [new Error('x'), 'no answer'],
    ['x', 'no answer'],
    [null, 'no answer'],
    [undefined, 'no answer'],
  ])('maps a call without a response (%j) to down', (thrown, reason) => {
    expect(toUpstreamError('VBase', thrown)).toMatchObject({
      kind: 'down',
      status: undefined,
      message: `VBase: ${reason}`,
    })
  })

  it('names the policies that a call needs after a 403 and no other status', () => {
    const message = (status: number) =>
      toUpstreamError('VTEX', { response: { status } }, ['LogisticsViewer']).message
    expect(message(403)).toBe(
      "VTEX: status 403, the app's manifest needs the policy LogisticsViewer (License Manager: Logistics viewer)"
    )
    expect(message(401)).not.toContain('LogisticsViewer')
    expect(message(500)).not.toContain('LogisticsViewer')
  })

  it('returns an UpstreamError unchanged', () => {
    const error = failed(429, { 'retry-after': '3' })
    expect(toUpstreamError('another', error)).toBe(error)
  })

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 7 }, 7_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 20:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 19:00:00 GMT' }, 0],
    [{ 'ratelimit-reset': '4' }, 4_000],
    [{ 'x-ratelimit-reset': '5' }, 5_000],
    [{ 'retry-after': 'soon', 'ratelimit-reset': '4' }, 4_000],
    [{ 'retry-after': '2', 'ratelimit-reset': '9' }, 2_000],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('reads %j as a wait of %p ms', (headers, ms) => {
    expect(failed(429, headers).retryAfterMs).toBe(ms)
  })

  it('contains nothing that was sent or received', () => {
    const secret = fc.hexaString({ minLength: 12, maxLength: 40 }).map((hex) => `s3cret-${hex}`)
    fc.assert(
      fc.property(secret, fc.constantFrom(400, 401, 404, 429, 500, undefined), (text, status) => {
        const axiosError = Object.assign(new Error(`failed with ${text}`), {
          code: text,
          config: { url: `/x?token=${text}`, headers: { 'proxy-authorization': text } },
          request: { body: text },
          response: {
            status,
            statusText: text,
            data: { message: text },
            headers: { 'set-cookie': [text], 'retry-after': text, 'ratelimit-reset': text },
          },
        })
        const error = toUpstreamError('Centra', axiosError)
        const shown = inspect(error, { depth: null, showHidden: true, getters: true })
        expect(shown).not.toContain('s3cret')
        expect(JSON.stringify(error)).not.toContain('s3cret')
      })
    )
  })
})
