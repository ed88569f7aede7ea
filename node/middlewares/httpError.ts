import { AppError } from '../errors'

/** A request that is refused, and how: the status, and `{code, message}` where the contract has a body. */
export class HttpError extends AppError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }
}

/** Answered with zero bytes, as the contract says. */
export class Unauthorized extends HttpError {
  constructor() {
    super(401, 'unauthorized', '')
  }
}

export const badRequest = (code: string, message: string) => new HttpError(400, code, message)

export const notFound = (code: string, message: string) => new HttpError(404, code, message)

export const unavailable = (code: string, message: string) =>
  new HttpError(503, code, message, { 'retry-after': '30' })
