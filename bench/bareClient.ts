import { Agent, request } from 'node:http'
import { ACCOUNT } from '../sandbox/sandbox'
import { COMMERCE_HOST } from '../sandbox/world/commerce/api/listener'

/** The proxy, and the credential that it wants. */
interface Access {
  egress: string
  credential: string
}

/** A client of VTEX's APIs that does nothing else: no limit, no retry, no check. */
export function bareClient({ egress, credential }: Access) {
  const agent = new Agent({ keepAlive: true })
  const { hostname, port } = new URL(egress)
  const headers = {
    host: COMMERCE_HOST,
    'proxy-authorization': credential,
    vtexidclientautcookie: credential,
    'x-vtex-use-https': 'true',
  }
  /** @throws an error that names the status where it is not 200 */
  function get<T>(path: string): Promise<T> {
    const url = `http://${COMMERCE_HOST}${path}${path.includes('?') ? '&' : '?'}an=${ACCOUNT}`
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, path: url, headers })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          if (response.statusCode !== 200) return reject(new Error(String(response.statusCode)))
          resolve(JSON.parse(Buffer.concat(parts).toString()) as T)
        })
      })
      sent.end()
    })
  }
  return { get, close: () => agent.destroy() }
}
