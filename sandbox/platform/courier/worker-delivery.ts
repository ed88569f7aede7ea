import { Agent, request as requestHttp } from 'node:http'
import { contextHeaders, type Identity } from '../identity'
import type { ReplicaPool } from '../replicas/pool'
import type { DeliverToWorker } from './courier'
import type { Delivery } from './queue'

/**
 * Sends deliveries to the workers, round robin (VTEX IO: `POST /{account}/{workspace}/_events`). 2xx acknowledges;
 * another status, a broken connection or a timeout leads to a redelivery. Waits while no worker is running: VTEX IO
 * would have other replicas.
 */
export function createWorkerDelivery(
  replicas: Pick<ReplicaPool, 'nextPort' | 'whenUp'>,
  identity: Identity
): DeliverToWorker {
  const agent = new Agent({ keepAlive: true })
  return async (delivery, timeout, signal) => {
    await replicas.whenUp(signal)
    const port = replicas.nextPort()
    return port !== undefined && (await post(delivery, port, timeout, signal))
  }

  function post(
    { handler, topic, sender, subject, body }: Delivery,
    port: number,
    timeout: number,
    signal: AbortSignal
  ): Promise<boolean> {
    const content = Buffer.from(body)
    return new Promise((resolve, reject) => {
      const request = requestHttp({
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: `/${identity.account}/${identity.workspace}/_events`,
        headers: {
          ...contextHeaders(identity),
          'content-type': 'application/json',
          'content-length': content.length,
          'x-event-handler-id': handler,
          'x-event-key': topic,
          'x-event-sender': sender,
          'x-event-subject': subject,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      })
      request.on('response', (response) => {
        const { statusCode = 0 } = response
        response.resume()
        response.on('end', () => resolve(statusCode >= 200 && statusCode < 300))
        response.on('error', () => resolve(false))
      })
      request.on('error', (error) => (signal.aborted ? reject(error) : resolve(false)))
      request.end(content)
    })
  }
}
