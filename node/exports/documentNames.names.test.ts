import fc from 'fast-check'
import { dayOf, timestampOf } from '../common/clock'
import { SOURCES } from '../sources/source'
import {
  type AttemptName,
  attemptNames,
  type BatchReceipt,
  END,
  endedPath,
  listingNames,
  planNames,
  receiptNames,
  receiptPrefixes,
} from './documentNames'

const hex = fc.hexaString({ minLength: 12, maxLength: 12 })
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) })
const exportId = fc.tuple(moment, hex).map(([at, uniqueId]) => `${timestampOf(at)}-${uniqueId}`)

const delivery: fc.Arbitrary<BatchReceipt> = fc.record({
  exportId,
  source: fc.constantFrom(...SOURCES),
  from: fc.nat(),
  to: fc.oneof(fc.nat(), fc.constant(END)),
  readAfter: fc.oneof(fc.constant(0), moment),
  version: moment,
  basis: hex,
  uniqueId: hex,
  worker: hex,
  zeroed: fc.record({ own: fc.nat(), centra: fc.nat(), sellers: fc.nat() }),
  ...{ offers: fc.nat(), firstSku: fc.nat(), lastSku: fc.nat() },
  dry: fc.boolean(),
  state: fc.constantFrom('started', 'committed'),
})

const AT = Date.UTC(2026, 10, 21, 20)
const PATH =
  '20261121/1795291200000~exportId=e~source=own~from=0~to=9~readAfter=5~basis=f.p~uniqueId=n~worker=w' +
  '~zeroed=0.0.0~offers=2~firstSku=1~lastSku=9~dry=no~state=committed'

describe('documentNames', () => {
  it('parse every field of a receipt back from its name', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        expect(receiptNames.parse(receiptNames.build(given))).toEqual(given)
      })
    )
  })

  it('parse every field of a failed attempt back from its name', () => {
    const attempt: fc.Arbitrary<AttemptName> = fc.record({
      exportId,
      at: moment,
      uniqueId: hex,
      source: fc.constantFrom(undefined, ...SOURCES),
      final: fc.boolean(),
    })
    fc.assert(
      fc.property(attempt, (given) => {
        expect(attemptNames.parse(attemptNames.build(given))).toEqual(given)
      })
    )
    const path = attemptNames.build({
      exportId: 'a',
      at: 1e12,
      uniqueId: 'n',
      source: 'own',
      final: true,
    })
    expect(path).toBe('a~at=1000000000000~uniqueId=n~source=own~final=yes')
    expect(attemptNames.parse(path.replace('=own', '=elsewhere'))).toBeUndefined()
    expect(path.startsWith(attemptNames.prefix('a'))).toBe(true)
  })

  it('write day and version of a receipt first, then its fields by key', () => {
    const more = {
      source: 'own' as const,
      from: 0,
      to: 9,
      readAfter: 5,
      basis: 'f.p',
      uniqueId: 'n',
    }
    const rest = {
      worker: 'w',
      zeroed: { own: 1, centra: 2, sellers: 3 },
      dry: false,
      state: 'committed' as const,
    }
    const ledger = { offers: 2, firstSku: 1, lastSku: 9 }
    const path = receiptNames.build({ exportId: 'e', version: AT, ...more, ...rest, ...ledger })
    expect(path).toBe(
      '20261121/1795291200000~exportId=e~source=own~from=0~to=9~readAfter=5~basis=f.p~uniqueId=n~worker=w' +
        '~zeroed=1.2.3~offers=2~firstSku=1~lastSku=9~dry=no~state=committed'
    )
  })

  it('find a receipt by the prefixes of any period around it, few for a few hours', () => {
    const most = 86_400_000
    const around = fc.integer({ min: 0, max: most })
    fc.assert(
      fc.property(delivery, around, around, (given, before, after) => {
        const prefixes = receiptPrefixes(given.version - before, given.version + after)
        const path = receiptNames.build(given)
        expect(prefixes.filter((prefix) => path.startsWith(prefix))).toHaveLength(1)
        expect(prefixes.length).toBeLessThanOrEqual(before + after < 10_000_000 ? 3 : 21)
      })
    )
    expect(receiptPrefixes(AT, AT + 1_000)).toEqual(['20261121/179529'])
    expect(dayOf(AT)).toBe('20261121')
  })

  it('write whose worklist or group it is, and find both by the plan', () => {
    const list = { exportId: 'e', plan: 'p', at: AT, source: 'sellers' as const, uniqueId: 'n' }
    const path = listingNames.build(list)
    expect(path).toBe('e~plan=p~at=1795291200000~source=sellers~uniqueId=n')
    expect(path.startsWith(listingNames.prefix('e', 'p'))).toBe(true)
    for (const name of [list, { ...list, number: 0 }, { ...list, number: 12, after: 'b' }]) {
      expect(listingNames.parse(listingNames.build(name))).toEqual(name)
    }
  })

  it('find a plan by its export and settings', () => {
    const path = planNames.build({ settingsHash: 'f', exportId: 'e', startedAt: AT, uniqueId: 'n' })
    expect(path).toBe('e~settingsHash=f~startedAt=1795291200000~uniqueId=n')
    expect(path.startsWith(planNames.prefix('e', 'f'))).toBe(true)
  })

  it('write a report under the day on which its export was accepted', () => {
    expect(endedPath('20261121T211500123-0123456789ab')).toBe(
      '20261121/20261121T211500123-0123456789ab'
    )
  })

  it.each([
    '',
    'e',
    PATH.replace('1795291200000', '179529120000'),
    PATH.replace('~exportId=e', ''),
    PATH.replace('source=own', 'source=elsewhere'),
    PATH.replace('from=0', 'from=-1'),
    PATH.replace('uniqueId=n', 'uniqueId='),
    PATH.replace('zeroed=0.0.0', 'zeroed=0.x.0'),
    PATH.replace('~state=committed', ''),
    PATH.replace('state=committed', 'state=maybe'),
  ])('parse no receipt from a malformed name (%p)', (name) => {
    expect(name).not.toBe(PATH)
    expect(receiptNames.parse(name)).toBeUndefined()
  })

  it('ignore a field of a later version', () => {
    expect(receiptNames.parse(`${PATH}~later=7`)).toEqual(receiptNames.parse(PATH))
    expect(receiptNames.parse(PATH)).toBeDefined()
  })
})
