import fc from 'fast-check'

import { SOURCES } from '../sources/source'
import { stampText } from './clock'
import {
  type Delivery,
  deliveryPath,
  END,
  endedPath,
  parseDeliveryPath,
  parseSetbackPath,
  type SetbackName,
  setbackPath,
} from './names'

const hex = fc.hexaString({ minLength: 12, maxLength: 12 })
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) })
const exportId = fc.tuple(moment, hex).map(([at, nonce]) => `${stampText(at)}-${nonce}`)

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

describe('the name of a document', () => {
  it('of a delivery says all that is known of it', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        expect(parseDeliveryPath(deliveryPath(given))).toEqual(given)
      })
    )
  })

  it('of a setback says all that is decided by', () => {
    const setback: fc.Arbitrary<SetbackName> = fc.record({
      exportId,
      at: moment,
      nonce: hex,
      source: fc.constantFrom(undefined, ...SOURCES),
      final: fc.boolean(),
    })
    fc.assert(
      fc.property(setback, (given) => {
        expect(parseSetbackPath(setbackPath(given))).toEqual(given)
      })
    )
    expect(parseSetbackPath('a~1~n~elsewhere~again')).toBeUndefined()
  })

  it('of a delivery is found under its day', () => {
    fc.assert(
      fc.property(delivery, (given) => {
        expect(deliveryPath(given).startsWith(`${stampText(given.stamp).slice(0, 8)}/`)).toBe(true)
      })
    )
  })

  it('of a report is found under the day on which its export was accepted', () => {
    expect(endedPath('20261121T211500123-0123456789ab')).toBe(
      '20261121/20261121T211500123-0123456789ab'
    )
  })

  it.each([
    '',
    'e/1-2~0~5~f',
    'e/1-2~0~5~f~n~more',
    'e/x-2~0~5~f~n',
    'e/1-2~0~5~f~n/more',
    '/1-2~0~5~f~n',
    'day/5~e~1-2~0~f~n~w~done',
    '20261121/5~e~1-2~0~f~n~w~doing',
    '20261121/5~e~1-2~0~f~n~done',
    '20261121/5~e~1-2~0~f~n~w~done~2',
  ])('of another form (%p) is nobody’s', (name) => {
    expect(parseDeliveryPath(name)).toBeUndefined()
  })
})
