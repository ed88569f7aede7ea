import { sendWithRetry } from './sendWithRetry'

const failed = (status: number) => ({
  isAxiosError: true,
  config: { headers: { authorization: 'secret' } },
  response: { status, headers: {} },
})

describe('an event to courier', () => {
  it('is sent again when courier fails now and then', async () => {
    const send = jest.fn<Promise<unknown>, []>().mockResolvedValue(undefined)
    send.mockRejectedValueOnce(failed(503)).mockRejectedValueOnce(failed(429))
    await sendWithRetry(send)
    expect(send).toHaveBeenCalledTimes(3)
  })

  it('is given up in the end, with words that show nothing of the call', async () => {
    const send = jest.fn(async () => {
      throw failed(503)
    })
    const thrown: unknown = await sendWithRetry(send).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'upstream_down', message: 'courier: status 503' })
    expect(JSON.stringify(thrown)).not.toContain('secret')
    expect(send.mock.calls.length).toBeGreaterThan(1)
  })

  it('is not sent again where courier refuses it', async () => {
    const send = jest.fn(async () => {
      throw failed(403)
    })
    await expect(sendWithRetry(send)).rejects.toMatchObject({ code: 'upstream_refused' })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('is given up when courier does not answer for long', async () => {
    jest.useFakeTimers()
    const sent = sendWithRetry(() => new Promise(() => undefined))
    const outcome = expect(sent).rejects.toMatchObject({ code: 'upstream_down' })
    await jest.advanceTimersByTimeAsync(2_000)
    await outcome
    jest.useRealTimers()
  })
})
