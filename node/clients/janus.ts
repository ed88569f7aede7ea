import type { InstanceOptions, IOContext } from '@vtex/api'
import { JanusClient } from '@vtex/api'
import type { z } from 'zod'

import { toUpstreamError, UpstreamError } from './upstreamError'

/**
 * A VTEX commerce API inside the account: base of the clients in this folder.
 * `memoizable: false`, since @vtex/api otherwise keeps every GET, failures too, as long as the client
 * lives. `VtexIdclientAutCookie`, since JanusClient does not add it. No retries: the gate retries. No
 * redirects, which would take that header to wherever they point; @vtex/api 6.51.3 follows none of any
 * client, and here it is said too, where it must stay so.
 */
export abstract class CommerceApi extends JanusClient {
  protected abstract readonly upstream: string

  constructor(context: IOContext, options?: InstanceOptions) {
    super(context, {
      ...options,
      memoizable: false,
      retries: 0,
      timeout: 15_000,
      headers: {
        ...options?.headers,
        VtexIdclientAutCookie: context.authToken,
        'X-Vtex-Use-Https': 'true',
      },
    })
  }

  /**
   * GETs `path` and checks the answer against `shape`.
   * @throws {UpstreamError}
   */
  protected async read<T>(
    path: string,
    shape: z.ZodType<T>,
    params?: Record<string, string | number>
  ) {
    const answer: unknown = await this.http
      .get<unknown>(path, {
        ...(params && { params }),
        maxRedirects: 0,
        metric: `intershop-${this.upstream}`,
      })
      .catch((thrown: unknown) => {
        throw toUpstreamError(this.upstream, thrown, Date.now())
      })
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
}
