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

describe('the seller that a route names', () => {
  it('may be the account itself, without a look at the register', async () => {
    const { asked, page } = register(0)
    await checkSeller('1', undefined, page)
    expect(asked).toEqual([])
  })

  it('may be the one of centraSellerId, without a look at the register', async () => {
    const { asked, page } = register(0)
    await checkSeller('acme', 'acme', page)
    expect(asked).toEqual([])
  })

  it('may be any of the register, on whatever page and active or not', async () => {
    const { asked, page } = register(250)
    await checkSeller('s249', 'other', page)
    expect(asked).toEqual([0, 100, 200])
  })

  it.each([0, 100, 250])('is unknown where none of the %i has its id', async (total) => {
    const error = await checkSeller('S1', 's1', register(total).page).catch(
      (thrown: unknown) => thrown
    )
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ status: 404, code: 'unknown_seller' })
  })

  it('is not refused by a register that cannot be read', async () => {
    for (const trouble of ['refused', 'down', 'overloaded', 'malformed'] as const) {
      const page = async () => {
        throw new UpstreamError('VTEX seller register', trouble, 'status ...')
      }
      await checkSeller('acme', undefined, page)
    }
  })

  it('is not refused by a register that does not answer in time', async () => {
    jest.useFakeTimers()
    try {
      const accepted = checkSeller('acme', undefined, () => new Promise(() => undefined))
      await jest.advanceTimersByTimeAsync(10_000)
      await accepted
    } finally {
      jest.useRealTimers()
    }
  })

  it('is not looked for without end in a register that never ends, which refuses nobody as an unreadable one', async () => {
    const endless = register(Number.MAX_SAFE_INTEGER)
    await checkSeller('acme', undefined, endless.page)
    expect(endless.asked.length).toBeLessThanOrEqual(1_000)
  })

  it('passes on what is a bug of ours', async () => {
    const page = async () => {
      throw new TypeError('a bug')
    }
    await expect(checkSeller('acme', undefined, page)).rejects.toThrow(TypeError)
  })
})
