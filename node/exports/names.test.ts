import fc from 'fast-check'
import { dayOf, timestampText } from '../common/clock'
import { SOURCES } from '../sources/source'
import {
  type Delivery,
  deliveryNames,
  deliveryPath,
  deliveryPrefixes,
  END,
  endedPath,
  listingNames,
  planNames,
  planPath,
  type SetbackName,
  setbackNames,
} from './names'

const hex = fc.hexaString({ minLength: 12, maxLength: 12 })
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) })
const exportId = fc.tuple(moment, hex).map(([at, nonce]) => `${timestampText(at)}-${nonce}`)

const delivery: fc.Arbitrary<Delivery> = fc.record({
  exportId,
  source: fc.constantFrom(...SOURCES),
  from: fc.nat(),
  to: fc.oneof(fc.nat(), fc.constant(END)),
  after: fc.oneof(fc.constant(0), moment),
  stamp: moment,
  basis: hex,
  nonce: hex,
  worker: hex,
  zeroed: fc.record({ own: fc.nat(), centra: fc.nat(), sellers: fc.nat() }),
  ...{ offers: fc.nat(), firstSku: fc.nat(), lastSku: fc.nat() },
  dry: fc.boolean(),
  done: fc.boolean(),
})

const AT = Date.UTC(2026, 10, 21, 20)
const PATH =
  '20261121/1795291200000~exportId=e~source=own~from=0~to=9~after=5~basis=f.p~nonce=n~worker=w' +
  '~zeroed=0.0.0~offers=2~firstSku=1~lastSku=9~dry=no~done=yes'

describe('documentNames', () => {
  it('parse every field of a receipt back from its name', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        expect(deliveryNames.parse(deliveryPath(given))).toEqual(given)
      })
    )
  })

  it('parse every field of a failed attempt back from its name', () => {
    const setback: fc.Arbitrary<SetbackName> = fc.record({
      exportId,
      at: moment,
      nonce: hex,
      source: fc.constantFrom(undefined, ...SOURCES),
      final: fc.boolean(),
    })
    fc.assert(
      fc.property(setback, (given) => {
        expect(setbackNames.parse(setbackNames.build(given))).toEqual(given)
      })
    )
    const path = setbackNames.build({
      exportId: 'a',
      at: 1e12,
      nonce: 'n',
      source: 'own',
      final: true,
    })
    expect(path).toBe('a~at=1000000000000~nonce=n~source=own~final=yes')
    expect(setbackNames.parse(path.replace('=own', '=elsewhere'))).toBeUndefined()
    expect(path.startsWith(setbackNames.prefix('a'))).toBe(true)
  })

  it('write day and version of a receipt first, then its fields by key', () => {
    const more = { source: 'own' as const, from: 0, to: 9, after: 5, basis: 'f.p', nonce: 'n' }
    const rest = { worker: 'w', zeroed: { own: 1, centra: 2, sellers: 3 }, dry: false, done: true }
    const ledger = { offers: 2, firstSku: 1, lastSku: 9 }
    const path = deliveryPath({ exportId: 'e', stamp: AT, ...more, ...rest, ...ledger })
    expect(path).toBe(
      '20261121/1795291200000~exportId=e~source=own~from=0~to=9~after=5~basis=f.p~nonce=n~worker=w' +
        '~zeroed=1.2.3~offers=2~firstSku=1~lastSku=9~dry=no~done=yes'
    )
  })

  it('find a receipt by the prefixes of any period around it, few for a few hours', () => {
    const most = 86_400_000
    const around = fc.integer({ min: 0, max: most })
    fc.assert(
      fc.property(delivery, around, around, (given, before, after) => {
        const prefixes = deliveryPrefixes(given.stamp - before, given.stamp + after)
        const path = deliveryPath(given)
        expect(prefixes.filter((prefix) => path.startsWith(prefix))).toHaveLength(1)
        expect(prefixes.length).toBeLessThanOrEqual(before + after < 10_000_000 ? 3 : 21)
      })
    )
    expect(deliveryPrefixes(AT, AT + 1_000)).toEqual(['20261121/179529'])
    expect(dayOf(AT)).toBe('20261121')
  })

  it('write whose worklist or group it is, and find both by the plan', () => {
    const list = { exportId: 'e', plan: 'p', at: AT, source: 'sellers' as const, nonce: 'n' }
    const path = listingNames.build(list)
    expect(path).toBe('e~plan=p~at=1795291200000~source=sellers~nonce=n')
    expect(path.startsWith(listingNames.prefix('e', 'p'))).toBe(true)
    for (const name of [list, { ...list, number: 0 }, { ...list, number: 12, after: 'b' }]) {
      expect(listingNames.parse(listingNames.build(name))).toEqual(name)
    }
  })

  it('find a plan by its export and settings', () => {
    const path = planPath('f', { exportId: 'e', startedAt: AT, nonce: 'n' })
    expect(path).toBe('e~fingerprint=f~startedAt=1795291200000~nonce=n')
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
    PATH.replace('nonce=n', 'nonce='),
    PATH.replace('zeroed=0.0.0', 'zeroed=0.x.0'),
    PATH.replace('~done=yes', ''),
    PATH.replace('done=yes', 'done=maybe'),
  ])('parse no receipt from a malformed name (%p)', (name) => {
    expect(name).not.toBe(PATH)
    expect(deliveryNames.parse(name)).toBeUndefined()
  })

  it('ignore a field of a later version', () => {
    expect(deliveryNames.parse(`${PATH}~later=7`)).toEqual(deliveryNames.parse(PATH))
    expect(deliveryNames.parse(PATH)).toBeDefined()
  })
})
