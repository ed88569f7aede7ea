import { type FailedCall, failedCall } from './failedCall'
import type { Wrap } from './inTime'

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
export const discreet: Wrap = async ({ config }, next) => {
  config.tracing = undefined
  try {
    await next()
  } catch (thrown) {
    throw new CallFailure(failedCall(thrown))
  }
}
