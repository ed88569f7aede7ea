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

/**
 * A VTEX commerce API inside the account: base of the clients in this folder.
 * `memoizable: false`, since @vtex/api otherwise keeps every GET, failures too, as long as the client
 * lives. `VtexIdclientAutCookie`, since JanusClient does not add it. No retries: the limiter retries. No
 * redirects, which would take that header to wherever they point; @vtex/api 6.51.3 follows none of any
 * client, and here it is said too, where it must stay so.
 *
 * Every call of a client in this folder may throw UpstreamError; callers repeat it only for the kinds that matter.
 */
export abstract class CommerceApi extends JanusClient {
  /** Every request passes it. */
  protected abstract readonly limiter: Limiter
  /** Out of reach of the clients: their requests go through the methods below, and so through the limiter. */
  declare protected http: never
  /** Until an answer is there whole. */
  protected readonly patienceMs: number = 20_000

  constructor(context: IOContext, options?: InstanceOptions) {
    super(context, {
      ...options,
      memoizable: false,
      retries: 0,
      timeout: 15_000,
      middlewares: [redactErrors, withDeadline],
      headers: {
        ...options?.headers,
        VtexIdclientAutCookie: context.authToken,
        'X-Vtex-Use-Https': 'true',
      },
    })
  }

  /** Resolves when a request would not wait for others. */
  admission(): Promise<void> {
    return this.limiter.admission()
  }

  /** In words, for errors. */
  protected get upstream(): string {
    return this.limiter.upstream
  }

  /**
   * GETs `path` and checks the answer against `shape`.
   * @param needs the policies without which VTEX answers 403
   * @throws {UpstreamError}
   */
  protected read<T>(
    path: string,
    shape: z.ZodType<T>,
    needs: readonly Policy[],
    params?: Params
  ): Promise<T> {
    const get = async (http: HttpClient) =>
      this.parsed(await http.get<unknown>(path, this.config(params)), shape)
    return this.request(get, needs, JSON.stringify([path, params]))
  }

  /**
   * POSTs `body` and checks the answer against `shape`.
   * @param needs the policies without which VTEX answers 403
   * @throws {UpstreamError}
   */
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

  /**
   * PUTs `body`, and reads nothing of the answer.
   * @throws {UpstreamError}
   */
  protected async put(path: string, body: object, params?: Params): Promise<void> {
    await this.request((http) => http.put<unknown>(path, body, this.config(params)))
  }

  /**
   * DELETEs what `path` names.
   * @throws {UpstreamError} `missing` where there is nothing
   */
  protected async delete(path: string, params?: Params): Promise<void> {
    await this.request((http) => http.delete<unknown>(path, this.config(params)))
  }

  private parsed<T>(answer: unknown, shape: z.ZodType<T>): T {
    const parsed = shape.safeParse(answer)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    const where = issue?.path.join('.') || 'the answer'
    throw new UpstreamError(
      this.upstream,
      'malformed',
      `${where}: ${issue?.message ?? 'unreadable'}`
    )
  }

  private config(params?: Params) {
    return {
      ...(params && { params }),
      maxRedirects: 0,
      signal: AbortSignal.timeout(this.patienceMs),
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

/** A call that failed, without anything of the call. */
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
 * @vtex/api logs what a call throws, with its headers and body, where the request is traced, and hides only the
 * headers that it knows. So nothing of a call is traced, and of its error nothing passes but status, code and
 * the headers of the answer.
 */
export const redactErrors: Wrap = async ({ config }, next) => {
  config.tracing = undefined
  try {
    await next()
  } catch (thrown) {
    throw new CallFailure(failedCall(thrown))
  }
}
