import { memory } from '../../tests/documents'
import { NameClaims, verifiedNames } from './nameClaims'

const DAY = 24 * 3_600_000
const NOW = 400 * DAY
const mine = { skuId: 7, sellerId: '1', at: NOW }
const theirs = { skuId: 8, sellerId: '2', at: NOW }

describe('NameClaims', () => {
  it('keeps each offer once for a name', async () => {
    const documents = memory()
    const claims = await NameClaims.open(documents, ['a', 'b'])
    claims.claim('a', mine)
    claims.claim('a', theirs)
    claims.claim('a', { ...mine, rowId: 70 })
    await claims.save(NOW)
    const again = await NameClaims.open(documents, ['a', 'b'])
    expect(again.of('a')).toEqual([theirs, { ...mine, rowId: 70 }])
    expect(again.of('b')).toEqual([])
  })

  it('removes a released claim, also from the document', async () => {
    const documents = memory()
    const claims = await NameClaims.open(documents, ['a'])
    claims.claim('a', mine)
    await claims.save(NOW)
    const again = await NameClaims.open(documents, ['a'])
    again.release('a', theirs)
    expect(again.of('a')).toEqual([mine])
    again.release('a', mine)
    await again.save(NOW)
    expect((await NameClaims.open(documents, ['a'])).of('a')).toEqual([])
  })

  it('writes nothing while claims are unchanged, and renews them each month', async () => {
    const documents = memory()
    let writes = 0
    const counting = {
      ...documents,
      save: (...document: Parameters<typeof documents.save>) => {
        writes++
        return documents.save(...document)
      },
    }
    for (const at of [NOW, NOW + DAY, NOW + 29 * DAY, NOW + 30 * DAY]) {
      const claims = await NameClaims.open(counting, ['a'])
      claims.claim('a', { ...mine, at })
      await claims.save(at)
    }
    expect(writes).toBe(2)
  })

  it('drops a claim that nobody renewed for three years', async () => {
    const documents = memory()
    const claims = await NameClaims.open(documents, ['old'])
    claims.claim('old', { ...mine, at: NOW - 1_096 * DAY })
    await claims.save(NOW)
    expect((await NameClaims.open(documents, ['old'])).of('old')).toEqual([])
  })
})

describe('verifiedNames', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `R${index}`)
  const looksUp = (skus: number, now: number) => names.filter(verifiedNames(skus, now))

  it('looks up all names of a small catalog', () => {
    expect(looksUp(5_000, NOW)).toEqual(names)
  })

  it('looks up one in two hundred names of a million SKUs, and others the next day', () => {
    const today = looksUp(1_000_000, NOW)
    const tomorrow = looksUp(1_000_000, NOW + DAY)
    expect(today.length).toBeGreaterThan(50)
    expect(today.length).toBeLessThan(150)
    expect(tomorrow.filter((name) => today.includes(name))).toEqual([])
  })
})
