import type { InstanceOptions, IOContext } from '@vtex/api'
import { JanusClient } from '@vtex/api'
import type { z } from 'zod'

import { discreet } from './discreet'
import { inTime } from './inTime'
import type { Policy } from './policies'
import { toUpstreamError, UpstreamError } from './upstreamError'

type Params = Record<string, string | number>

/**
 * A VTEX commerce API inside the account: base of the clients in this folder.
 * `memoizable: false`, since @vtex/api otherwise keeps every GET, failures too, as long as the client
 * lives. `VtexIdclientAutCookie`, since JanusClient does not add it. No retries: the gate retries. No
 * redirects, which would take that header to wherever they point; @vtex/api 6.51.3 follows none of any
 * client, and here it is said too, where it must stay so.
 */
export abstract class CommerceApi extends JanusClient {
  protected abstract readonly upstream: string
  /** Until an answer is there whole. */
  protected readonly patienceMs: number = 20_000

  constructor(context: IOContext, options?: InstanceOptions) {
    super(context, {
      ...options,
      memoizable: false,
      retries: 0,
      timeout: 15_000,
      middlewares: [discreet, inTime],
      headers: {
        ...options?.headers,
        VtexIdclientAutCookie: context.authToken,
        'X-Vtex-Use-Https': 'true',
      },
    })
  }

  /**
   * GETs `path` and checks the answer against `shape`.
   * @param needs the policies without which VTEX answers 403
   * @throws {UpstreamError}
   */
  protected async read<T>(
    path: string,
    shape: z.ZodType<T>,
    needs: readonly Policy[],
    params?: Params
  ): Promise<T> {
    const call = () => this.http.get<unknown>(path, this.config(params))
    const answer = await this.answered(call, needs)
    return this.parsed(answer, shape)
  }

  /**
   * POSTs `body` and checks the answer against `shape`.
   * @param needs the policies without which VTEX answers 403
   * @throws {UpstreamError}
   */
  protected async post<T>(
    path: string,
    body: object,
    shape: z.ZodType<T>,
    needs: readonly Policy[]
  ): Promise<T> {
    const call = () => this.http.post<unknown>(path, body, this.config())
    const answer = await this.answered(call, needs)
    return this.parsed(answer, shape)
  }

  /**
   * PUTs `body`, and reads nothing of the answer.
   * @throws {UpstreamError}
   */
  protected async put(path: string, body: object, params?: Params): Promise<void> {
    await this.answered(() => this.http.put<unknown>(path, body, this.config(params)))
  }

  /**
   * DELETEs what `path` names.
   * @throws {UpstreamError} `missing` where there is nothing
   */
  protected async delete(path: string, params?: Params): Promise<void> {
    await this.answered(() => this.http.delete<unknown>(path, this.config(params)))
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

  private async answered<T>(call: () => Promise<T>, needs: readonly Policy[] = []): Promise<T> {
    try {
      return await call()
    } catch (thrown) {
      throw toUpstreamError(this.upstream, thrown, Date.now(), needs)
    }
  }
}
