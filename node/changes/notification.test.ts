import { readNotification } from './notification'

const whole = {
  IdSku: '310118',
  ProductId: 7,
  An: 'store',
  IdAffiliate: '',
  DateModified: '2026-11-22T10:00:00Z',
  IsActive: true,
  StockModified: false,
  PriceModified: false,
  HasStockKeepingUnitModified: false,
  HasStockKeepingUnitRemovedFromAffiliate: false,
}

const modifiedOf = (body: unknown) => {
  const notice = readNotification(body)
  return 'reported' in notice ? notice.reported.modified : notice.ignored
}

describe('readNotification', () => {
  it.each([
    ['of stock', { StockModified: true }, false],
    ['of stock and price', { StockModified: true, PriceModified: true }, false],
    ['of the SKU', { HasStockKeepingUnitModified: true }, true],
    ['of stock and the SKU', { StockModified: true, HasStockKeepingUnitModified: true }, true],
    ['of a seller that is gone', { HasStockKeepingUnitRemovedFromAffiliate: true }, true],
    ['of an inactive SKU', { IsActive: false, PriceModified: true }, true],
    ['of nothing in particular', {}, true],
  ])('reads a notification %s as a change of the SKU', (_, flags, modified) => {
    expect(readNotification({ ...whole, ...flags })).toEqual({
      reported: { skuId: 310118, modified },
      account: 'store',
    })
  })

  it('ignores a change of the price alone', () => {
    expect(modifiedOf({ ...whole, PriceModified: true })).toBe('priceOnly')
    expect(modifiedOf({ IdSku: '1', PriceModified: true })).toBe(true)
  })

  it.each([
    [{ HasStockKeepingUnitModified: true, IdSku: '5' }, true],
    [{ IdSku: 5 }, true],
    [{ idSku: '5', stockModified: true }, false],
    [{ IdSku: '5', StockModified: 'yes' }, true],
  ])('accepts a partial notification: %j', (body, modified) => {
    expect(readNotification(body)).toMatchObject({ reported: { skuId: 5, modified } })
  })

  it.each([
    null,
    'text',
    [],
    {},
    { IdSku: '' },
    { IdSku: '05' },
    { IdSku: '-5' },
    { IdSku: '5.0' },
    { IdSku: '٥' },
    { IdSku: '9007199254740993' },
    { IdSku: '../5' },
    { IdSku: 5.5 },
    { IdSku: ['5'] },
  ])('rejects a notification without a valid SKU id: %j', (body) => {
    expect(modifiedOf(body)).toBe('noSku')
  })
})
