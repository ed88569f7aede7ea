import {
  ExternalClient,
  type HttpClient,
  type InstanceOptions,
  type IOContext,
  JanusClient,
} from '@vtex/api'
import { z } from 'zod'
import {
  failedCall,
  type HttpAnswer,
  type Policy,
  parsed,
  TOO_LARGE,
  toUpstreamError,
  UpstreamError,
} from '../common/upstreamError'
import type { Limiter } from '../throttling/limiter'

type Params = Record<string, string | number>

interface Asked<T> {
  params?: Params
  /** What is wrong with a response that is in shape, if anything: for example that it is about something else. */
  mismatch?: (answer: T) => string | undefined
}

/** @vtex/api wraps a call in its tracing, then in these, then in the rest. */
type Wrap = NonNullable<InstanceOptions['middlewares']>[number]

/** Until the response is complete, for calls without a signal of their own. */
const TIMEOUT_MS = 20_000

/**
 * Ends a call when its signal aborts. @vtex/api's timeout restarts with each byte, and after an incomplete compressed
 * response axios may wait for ever: 0.30 despite its timeout, 1.8 despite its signal too.
 */
export const withDeadline: Wrap = async ({ config }, next) => {
  const signal = config.signal ?? AbortSignal.timeout(TIMEOUT_MS)
  config.signal = signal
  let give: () => void = () => undefined
  const over = new Promise<never>((_, reject) => {
    give = () =>
      reject(Object.assign(new Error('no whole answer in time'), { code: 'ERR_CANCELED' }))
  })
  signal.addEventListener?.('abort', give)
  try {
    await Promise.race([next(), over])
  } finally {
    signal.removeEventListener?.('abort', give)
  }
}

/**
 * If a request is traced, @vtex/api logs the error of a call with headers and body, and hides only headers that it
 * knows. So calls are not traced, and only status, code and headers of the response pass.
 */
const redactErrors: Wrap = async ({ config }, next) => {
  config.tracing = undefined
  await next().catch((thrown: unknown) => {
    throw Object.assign(new Error('the call failed'), failedCall(thrown))
  })
}

/** `memoizable: false`: else @vtex/api keeps every GET, also failures, as long as the client lives. The limiter retries. */
const guardedOptions = (options: InstanceOptions | undefined, timeout: number) => ({
  ...options,
  timeout,
  memoizable: false,
  retries: 0,
  middlewares: [redactErrors, withDeadline],
})

/**
 * A VTEX commerce API of the account. JanusClient does not add the header `VtexIdclientAutCookie`; redirects would send
 * it elsewhere. Every call of a client in this folder may throw UpstreamError; callers say it where the kind matters.
 */
export abstract class CommerceApi extends JanusClient {
  /** All requests pass it. */
  protected abstract readonly limiter: Limiter
  /** Policies without which VTEX responds 403. */
  protected readonly needs: readonly Policy[] = []
  /** Hidden from the clients: the methods below send their requests through the limiter. */
  declare protected http: never
  /** Until the response is complete. */
  protected readonly timeoutMs: number = TIMEOUT_MS

  constructor(context: IOContext, options?: InstanceOptions) {
    super(context, {
      ...guardedOptions(options, 15_000),
      headers: {
        ...options?.headers,
        VtexIdclientAutCookie: context.authToken,
        'X-Vtex-Use-Https': 'true',
      },
    })
  }

  /** Resolves when a request would start without waiting. */
  admission(): Promise<void> {
    return this.limiter.admission()
  }

  /** GETs `path` and checks the response against `shape`, which is made once: zod compiles it when it is first used. */
  protected read<T>(path: string, shape: z.ZodType<T>, { params, mismatch }: Asked<T> = {}) {
    const thing = JSON.stringify([path, params])
    return this.request((http) => http.get(path, this.config(params)), shape, mismatch, thing)
  }

  /** POSTs `body`; else like {@link read}. */
  protected post<T>(path: string, body: object, shape: z.ZodType<T>) {
    return this.request((http) => http.post(path, body, this.config()), shape)
  }

  /** PUTs `body` and ignores the response. */
  protected async put(path: string, body: object, params?: Params): Promise<void> {
    await this.request((http) => http.put(path, body, this.config(params)), z.unknown())
  }

  /** DELETEs `path`. @throws {UpstreamError} `missing` if there is nothing */
  protected async delete(path: string, params?: Params): Promise<void> {
    await this.request((http) => http.delete(path, this.config(params)), z.unknown())
  }

  private config(params?: Params) {
    return {
      ...(params && { params }),
      maxRedirects: 0,
      signal: AbortSignal.timeout(this.timeoutMs),
      metric: `intershop-${this.limiter.upstream}`,
    }
  }

  private request<T>(
    send: (http: HttpClient) => Promise<unknown>,
    shape: z.ZodType<T>,
    mismatch?: Asked<T>['mismatch'],
    thing?: string
  ): Promise<T> {
    const { http } = this as unknown as { http: HttpClient }
    const { upstream } = this.limiter
    const sent = async () => {
      const content = await send(http).catch((thrown: unknown) => {
        throw toUpstreamError(upstream, thrown, this.needs)
      })
      const answer = parsed(upstream, shape, content)
      const detail = mismatch?.(answer)
      if (detail === undefined) return answer
      throw new UpstreamError(upstream, 'malformed', detail)
    }
    return this.limiter.run(sent, thing)
  }
}

export interface ExternalCall {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  headers: Record<string, string>
  body?: Buffer | string
}

/**
 * A server outside of VTEX. Its address is a setting, so it comes with each call. VTEX's egress takes plain http, with a
 * header that asks for https. No redirects: they would take the credentials along.
 */
export abstract class ExternalApi extends ExternalClient {
  /** All requests pass it. */
  protected abstract readonly limiter: Limiter
  /** Until the response is complete. */
  protected readonly timeoutMs: number = 8_000
  protected abstract readonly metric: string
  /** Of a response. */
  protected abstract readonly maxMegabytes: number

  constructor(context: IOContext, options?: InstanceOptions) {
    super('', context, guardedOptions(options, 30_000))
  }

  /** Makes a call; the subclasses pass it through the limiter. The response has any status: its body explains an error. */
  protected async ask({ method, url, headers, body }: ExternalCall): Promise<HttpAnswer> {
    const { protocol, host, pathname, search } = new URL(url)
    const target = `http://${host}${pathname}${search}`
    const config = {
      headers: { ...headers, ...(protocol === 'https:' && { 'X-Vtex-Use-Https': 'true' }) },
      maxRedirects: 0,
      maxContentLength: this.maxMegabytes * 2 ** 20,
      maxBodyLength: Number.POSITIVE_INFINITY,
      signal: AbortSignal.timeout(this.timeoutMs),
      responseType: 'text' as const,
      transformResponse: [(content: unknown) => content],
      validateStatus: () => true,
      metric: this.metric,
    }
    const calls = {
      GET: () => this.http.getRaw<string>(target, config),
      POST: () => this.http.postRaw<string>(target, body, config),
      DELETE: () => this.http.delete<string>(target, config),
    }
    const {
      status,
      headers: received,
      data,
    } = await calls[method]().catch((thrown: unknown) => {
      throw this.errorOf(thrown)
    })
    return { status, headers: received, body: typeof data === 'string' ? data : '' }
  }

  /** The error for an incomplete response. */
  private errorOf(thrown: unknown): UpstreamError {
    const { upstream } = this.limiter
    const { code } = failedCall(thrown)
    const isLate = code === 'ERR_CANCELED'
    if (isLate) return new UpstreamError(upstream, 'down', 'no whole answer in time')
    if (code !== TOO_LARGE) return toUpstreamError(upstream, { code })
    const detail = `an answer of more than ${this.maxMegabytes} MB`
    return new UpstreamError(upstream, 'malformed', detail)
  }
}
