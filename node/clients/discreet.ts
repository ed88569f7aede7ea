import type { InstanceOptions } from '@vtex/api'

/** The order in which @vtex/api wraps a call: its tracing, then these, then the rest. */
type Wrap = NonNullable<InstanceOptions['middlewares']>[number]

/** What may be known of a call that failed. */
export class CallFailure extends Error {
  constructor(
    readonly code: unknown,
    readonly response: { status: unknown; headers: Record<string, unknown> } | undefined
  ) {
    super('the call failed')
  }
}

/**
 * @vtex/api logs what a call throws, with its headers and body, where the request is traced, and hides only the
 * headers that it knows. So nothing of a call is traced, and of its error nothing passes but status, code and
 * the headers of the answer.
 */
export const discreet: Wrap = async ({ config }, next) => {
  config.tracing = undefined
  try {
    await next()
  } catch (thrown) {
    const { code, response } = (thrown ?? {}) as Partial<CallFailure>
    const { status, headers = {} } = response ?? {}
    throw new CallFailure(code, response && { status, headers })
  }
}
