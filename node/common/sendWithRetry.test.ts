import { sendWithRetry } from './sendWithRetry'

const failed = (status: number) => ({
  isAxiosError: true,
  config: { headers: { authorization: 'secret' } },
  response: { status, headers: {} },
})

describe('sendWithRetry', () => {
  it('retries after 503 and 429', async () => {
    const send = jest.fn<Promise<unknown>, []>().mockResolvedValue(undefined)
    send.mockRejectedValueOnce(failed(503)).mockRejectedValueOnce(failed(429))
    await sendWithRetry(send)
    expect(send).toHaveBeenCalledTimes(3)
  })

  it('rejects in the end, without anything of the call in its message', async () => {
    const send = jest.fn(async () => {
      throw failed(503)
    })
    const thrown: unknown = await sendWithRetry(send).catch((error: unknown) => error)
    expect(thrown).toMatchObject({ code: 'upstream_down', message: 'courier: status 503' })
    expect(JSON.stringify(thrown)).not.toContain('secret')
    expect(send.mock.calls.length).toBeGreaterThan(1)
  })

  it('does not retry if courier refuses the event', async () => {
    const send = jest.fn(async () => {
      throw failed(403)
    })
    await expect(sendWithRetry(send)).rejects.toMatchObject({ code: 'upstream_refused' })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('rejects after 2 s without a response', async () => {
    jest.useFakeTimers()
    const sent = sendWithRetry(() => new Promise(() => undefined))
    const outcome = expect(sent).rejects.toMatchObject({ code: 'upstream_down' })
    await jest.advanceTimersByTimeAsync(2_000)
    await outcome
    jest.useRealTimers()
  })
})
