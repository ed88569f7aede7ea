import { type HttpClient, type InstanceOptions, type IOContext, JanusClient } from '@vtex/api'
import type { z } from 'zod'
import {
  type FailedCall,
  failedCall,
  type Policy,
  toUpstreamError,
  UpstreamError,
} from '../common/upstreamError'
import type { Limiter } from '../throttling/limiter'
import { type Wrap, withDeadline } from './deadline'

type Params = Record<string, string | number>

/** What is asked for. */
interface Asked<T> {
  params?: Params
  /** What is wrong with a response that is in shape, if anything: for example that it is about something else. */
  mismatch?: (answer: T) => string | undefined
}

/** `memoizable: false`: else @vtex/api keeps every GET, also failures, as long as the client lives. The limiter retries. */
export const guardedOptions = (options: InstanceOptions | undefined, timeout: number) => ({
  ...options,
  timeout,
  memoizable: false,
  retries: 0,
  middlewares: [redactErrors, withDeadline],
})

/**
 * A VTEX commerce API of the account: base of the clients in this folder. JanusClient does not add the header
 * `VtexIdclientAutCookie`. No redirects: they would send that header elsewhere.
 *
 * Every call of a client in this folder may throw UpstreamError; callers repeat it only for the kinds that matter.
 */
export abstract class CommerceApi extends JanusClient {
  /** All requests pass it. */
  protected abstract readonly limiter: Limiter
  /** Hidden from the clients: the methods below send their requests through the limiter. */
  declare protected http: never
  /** Until the response is complete. */
  protected readonly timeoutMs: number = 20_000

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

  /** Name for error messages. */
  protected get upstream(): string {
    return this.limiter.upstream
  }

  /**
   * GETs `path` and checks the response against `shape`.
   * @param shape made once: zod compiles each schema when it is first used
   * @param needs policies without which VTEX responds 403
   * @throws {UpstreamError}
   */
  protected read<T>(
    path: string,
    shape: z.ZodType<T>,
    needs: readonly Policy[],
    { params, mismatch }: Asked<T> = {}
  ): Promise<T> {
    const get = async (http: HttpClient) => {
      const answer = this.parsed(await http.get<unknown>(path, this.config(params)), shape)
      const detail = mismatch?.(answer)
      if (detail === undefined) return answer
      throw new UpstreamError(this.upstream, 'malformed', detail)
    }
    return this.request(get, needs, JSON.stringify([path, params]))
  }

  /** POSTs `body`; else like {@link read}. @throws {UpstreamError} */
  protected post<T>(
    path: string,
    body: object,
    shape: z.ZodType<T>,
    needs: readonly Policy[]
  ): Promise<T> {
    return this.request(async (http) => {
      return this.parsed(await http.post<unknown>(path, body, this.config()), shape)
    }, needs)
  }

  /** PUTs `body` and ignores the response. @throws {UpstreamError} */
  protected async put(path: string, body: object, params?: Params): Promise<void> {
    await this.request((http) => http.put<unknown>(path, body, this.config(params)))
  }

  /** DELETEs `path`. @throws {UpstreamError} `missing` if there is nothing */
  protected async delete(path: string, params?: Params): Promise<void> {
    await this.request((http) => http.delete<unknown>(path, this.config(params)))
  }

  private parsed<T>(answer: unknown, shape: z.ZodType<T>): T {
    const parsed = shape.safeParse(answer)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') || 'the answer'
    const detail = `${where}: ${issue?.message ?? 'unreadable'}`
    throw new UpstreamError(this.upstream, 'malformed', detail)
  }

  private config(params?: Params) {
    return {
      ...(params && { params }),
      maxRedirects: 0,
      signal: AbortSignal.timeout(this.timeoutMs),
      metric: `intershop-${this.upstream}`,
    }
  }

  private request<T>(
    send: (http: HttpClient) => Promise<T>,
    needs: readonly Policy[] = [],
    thing?: string
  ): Promise<T> {
    const { http } = this as unknown as { http: HttpClient }
    const sent = () =>
      send(http).catch((thrown: unknown) => {
        throw toUpstreamError(this.upstream, thrown, Date.now(), needs)
      })
    return this.limiter.run(sent, thing)
  }
}

/** A failed call without its request. */
class CallFailure extends Error implements FailedCall {
  readonly code: FailedCall['code']
  readonly response: FailedCall['response']

  constructor({ code, response }: FailedCall) {
    super('the call failed')
    this.code = code
    this.response = response
  }
}

/**
 * If a request is traced, @vtex/api logs the error of a call with headers and body, and hides only headers that it
 * knows. So calls are not traced, and only status, code and headers of the response pass.
 */
export const redactErrors: Wrap = async ({ config }, next) => {
  config.tracing = undefined
  try {
    await next()
  } catch (thrown) {
    throw new CallFailure(failedCall(thrown))
  }
}
