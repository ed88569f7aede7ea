/** A client each of whose requests is sent at once, and once. */
export function unlimited<T extends object>(client: T): T {
  const { limiter } = client as unknown as { limiter: { upstream: string } }
  const run = (request: () => Promise<unknown>) => request()
  return Object.assign(client, { limiter: { upstream: limiter.upstream, run } })
}
