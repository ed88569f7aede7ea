import type { SellerPage } from '../clients/sellers'
import { UpstreamError } from '../common/upstreamError'
import { HttpError } from '../middlewares/errorHandler'
import { checkSeller } from './exportParameters'

/** A seller register of so many sellers, s0 the first, as VTEX pages it. */
function register(total: number) {
  const asked: number[] = []
  const page = async (from: number): Promise<SellerPage> => {
    asked.push(from)
    const length = Math.max(0, Math.min(100, total - from))
    const items = Array.from({ length }, (_, index) => ({
      id: `s${from + index}`,
      name: null,
      isActive: index % 2 === 0,
    }))
    return { items, paging: { total } }
  }
  return { asked, page }
}

describe('checkSeller', () => {
  it('accepts seller 1 without reading the register', async () => {
    const { asked, page } = register(0)
    await checkSeller('1', undefined, page)
    expect(asked).toEqual([])
  })

  it('accepts centraSellerId without reading the register', async () => {
    const { asked, page } = register(0)
    await checkSeller('acme', 'acme', page)
    expect(asked).toEqual([])
  })

  it('accepts any seller of the register, on any page, active or not', async () => {
    const { asked, page } = register(250)
    await checkSeller('s249', 'other', page)
    expect(asked).toEqual([0, 100, 200])
  })

  it.each([0, 100, 250])('throws unknown_seller if none of %i has its id', async (total) => {
    const error = await checkSeller('S1', 's1', register(total).page).catch(
      (thrown: unknown) => thrown
    )
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ status: 404, code: 'unknown_seller' })
  })

  it('accepts any seller if the register cannot be read', async () => {
    for (const kind of ['refused', 'down', 'overloaded', 'malformed'] as const) {
      const page = async () => {
        throw new UpstreamError('VTEX seller register', kind, 'status ...')
      }
      await checkSeller('acme', undefined, page)
    }
  })

  it('accepts any seller if the register does not respond in time', async () => {
    jest.useFakeTimers()
    try {
      const accepted = checkSeller('acme', undefined, () => new Promise(() => undefined))
      await jest.advanceTimersByTimeAsync(10_000)
      await accepted
    } finally {
      jest.useRealTimers()
    }
  })

  it('accepts any seller if the register never ends, after a limited number of pages', async () => {
    const endless = register(Number.MAX_SAFE_INTEGER)
    await checkSeller('acme', undefined, endless.page)
    expect(endless.asked.length).toBeLessThanOrEqual(1_000)
  })

  it('rethrows unexpected errors', async () => {
    const page = async () => {
      throw new TypeError('a bug')
    }
    await expect(checkSeller('acme', undefined, page)).rejects.toThrow(TypeError)
  })
})
