import type { RequestListener } from 'node:http'
import { BodyTooLarge, decodePercent, readBody, sendJson } from '../../common/http'
import type { Courier } from './courier'

const MAX_BODY = 8 * 2 ** 20
const EVENT_URL = /^\/courier\/v0\/([^/]+)\/([^/]+)\/events\/([^/?]+)(?:\?(.*))?$/

/**
 * Courier's API for the Events client of @vtex/api: `PUT .../events/{topic}?resource=` returns 204 when the event is on
 * disk. The sender is the app, `{vendor}.{name}`.
 */
export function createCourierListener(
  courier: Courier,
  whose: { account: string; workspace: string; owner: string }
): RequestListener {
  return (request, response) => {
    const [, account, workspace, topic = '', query] = EVENT_URL.exec(request.url ?? '') ?? []
    if (account !== whose.account || workspace !== whose.workspace || request.method !== 'PUT') {
      sendJson(response, 404, { code: 'NotFound', message: `no topic at ${request.url}` })
      return
    }
    if (courier.behaviour.down) {
      request.resume()
      sendJson(response, 503, { code: 'Unavailable', message: 'courier is down' })
      return
    }
    const accept = async (): Promise<void> => {
      await courier.send({
        sender: whose.owner,
        topic: decodePercent(topic),
        subject: new URLSearchParams(query).get('resource') ?? '',
        body: String(await readBody(request, MAX_BODY)),
      })
      response.writeHead(204).end()
    }
    accept().catch((error) => {
      const status = error instanceof BodyTooLarge ? 413 : 500
      sendJson(response, status, { code: 'NotAccepted', message: String(error) })
    })
  }
}
