import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../common/http'

/**
 * What was requested and the platform does not simulate. Each such request gets 501 with a message that names the
 * feature; the first one of a feature is reported.
 */
export class NotSimulated {
  private readonly counts = new Map<string, number>()

  constructor(private readonly report: (message: string) => void) {}

  /** Counts a request and returns the message of its response. `called` has no query: it may be secret. */
  note(feature: string, called: string): string {
    const count = (this.counts.get(feature) ?? 0) + 1
    this.counts.set(feature, count)
    const message =
      `${called}: ${feature} is not simulated; of VTEX IO there are VBase files, events, ` +
      'the scheduler and the settings of the app'
    if (count === 1) this.report(message)
    return message
  }

  /** Responds 501 to a request. */
  refuse(feature: string, { method, url = '/' }: IncomingMessage, response: ServerResponse): void {
    const message = this.note(feature, `${method} ${url.split('?', 1)[0]}`)
    sendJson(response, 501, { code: 'NotSimulated', message })
  }

  /** Number of requests by feature. */
  all(): Record<string, number> {
    return Object.fromEntries(this.counts)
  }
}

/** Whether a path is one of GraphQL: an app's own (`/_v/graphql`), or the account's gateway. */
export function isGraphQL(path: string): boolean {
  return /(^|\/)graphi?ql(\/|$)/.test(path)
}
