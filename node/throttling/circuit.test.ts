import { UpstreamError } from '../common/upstreamError'
import { Limiter } from './limiter'

const clock = { now: () => 0, random: () => 0.5, sleep: async () => undefined }

const down = async (): Promise<never> => {
  throw new UpstreamError('it', 'down', 'status 503')
}

/** As many failures in a row as make an upstream count as down. */
async function breakIt(limiter: Limiter) {
  for (let call = 0; call < 10; call++) await limiter.run(down).catch(() => undefined)
}

describe('Limiter with an upstream that is down', () => {
  beforeEach(() => jest.useFakeTimers({ now: 0 }))
  afterEach(() => jest.useRealTimers())

  it('opens its circuit and rejects calls at once', async () => {
    const limiter = new Limiter('it', 5, clock)
    await breakIt(limiter)
    const call = jest.fn(down)
    await expect(limiter.run(call)).rejects.toMatchObject({
      kind: 'circuitOpen',
      detail: 'status 503; it is down, and left alone for a while',
    })
    expect(call).not.toHaveBeenCalled()
    expect(limiter.state.requests).toBe(20)
    expect(limiter.state.circuit).toBe('open')
  })

  it('closes its circuit after a successful probe', async () => {
    const limiter = new Limiter('it', 5, clock)
    await breakIt(limiter)
    jest.setSystemTime(60_000)
    expect(await limiter.run(async () => 'answer')).toBe('answer')
    expect(limiter.state.circuit).toBe('closed')
    expect(await limiter.run(async () => 'another')).toBe('another')
  })

  it('allows a single probe while the upstream is still down', async () => {
    const limiter = new Limiter('it', 5, clock)
    await breakIt(limiter)
    jest.setSystemTime(60_000)
    const call = jest.fn(down)
    await limiter.run(call).catch(() => undefined)
    expect(call).toHaveBeenCalledTimes(1)
  })

  it('keeps its circuit closed while fewer than 20 different requests fail, however often', async () => {
    const limiter = new Limiter('it', 5, clock)
    for (let call = 0; call < 10; call++) {
      for (let sku = 0; sku < 19; sku++) {
        await limiter.run(down, `sku/${sku}`).catch(() => undefined)
      }
    }
    expect(limiter.state.circuit).toBe('closed')
    await limiter.run(down, 'sku/19').catch(() => undefined)
    expect(limiter.state.circuit).toBe('open')
  })

  it('keeps its circuit closed while other requests succeed', async () => {
    const limiter = new Limiter('it', 5, clock)
    for (let sku = 0; sku < 40; sku++) {
      await limiter.run(down, `sku/${sku}`).catch(() => undefined)
      if (sku % 10 === 0) await limiter.run(async () => 'answer', 'another')
    }
    expect(limiter.state.circuit).toBe('closed')
  })

  it('keeps its circuit closed for occasional failures', async () => {
    const limiter = new Limiter('it', 5, clock)
    for (let call = 0; call < 100; call++) {
      const fails = call % 3 !== 0
      await limiter
        .run(async () => (fails && call % 2 === 0 ? down() : 'answer'))
        .catch(() => 'failed')
    }
    expect(limiter.state.circuit).toBe('closed')
  })

  it('retries no more often than its retry budget allows', async () => {
    const limiter = new Limiter('it', 5, clock)
    let calls = 0
    // Every tenth call succeeds, so the circuit stays closed.
    const sick = async () => {
      if (++calls % 10 !== 0) await down()
    }
    for (let run = 0; run < 400; run++) await limiter.run(sick).catch(() => undefined)
    const { retries } = limiter.state
    expect(retries).toBeLessThanOrEqual(200 + calls / 10 / 2)
  })
})
