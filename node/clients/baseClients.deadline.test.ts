import { withDeadline } from './baseClients'

type Call = Parameters<typeof withDeadline>[0]

const call = (signal?: AbortSignal) => ({ config: { signal } }) as unknown as Call

describe('inTime', () => {
  it('rejects when the signal aborts, though the HTTP client goes on', async () => {
    const controller = new AbortController()
    const ended = withDeadline(call(controller.signal), () => new Promise(() => undefined))
    controller.abort()
    await expect(ended).rejects.toMatchObject({ code: 'ERR_CANCELED' })
  })

  it('adds a signal to a call without one, and passes on a result in time', async () => {
    const context = call()
    await withDeadline(context, async () => {
      expect(context.config.signal).toBeInstanceOf(AbortSignal)
    })
    await expect(withDeadline(call(), () => Promise.reject(new Error('its own')))).rejects.toThrow(
      'its own'
    )
  })
})
