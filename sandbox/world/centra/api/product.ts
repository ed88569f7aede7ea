import type { CentraBehaviour } from '../behaviour'
import { wallTimeText } from '../dates'
import { availableOf, type Row } from '../row'
import type { StockQuery } from './query'

type Product = Record<string, unknown>
type Shown = Pick<StockQuery, 'attributes' | 'physicalStock'>

/** A row as the API returns it. */
export function productOf(row: Row, shown: Shown, behaviour: CentraBehaviour): Product {
  const { number, removed, physical, allocated, created, modified, stockModified, ...texts } = row
  const { active, ...rest } = texts
  const product: Product = {
    ...rest,
    active: behaviour.active === 'boolean' ? active : Number(active),
    ...(shown.physicalStock && { physicalStock: physical }),
    allocatedStock: allocated,
    availableStock: availableOf(row),
    createdAt: wallTimeText(created, behaviour),
    ...(shown.attributes && { attributes: attributesOf(row) }),
  }
  return broken(product, behaviour.broken[row.stockItemId])
}

// Undocumented: the company defines its attributes.
function attributesOf({ productId, variant }: Row) {
  return {
    product: { material: productId % 2 === 0 ? 'Ull & bomull' : '', season: 'SS24' },
    variant: { colour: variant },
  }
}

function broken(product: Product, how: CentraBehaviour['broken'][string] | undefined): Product {
  const { stockItemId, availableStock, ...others } = product
  switch (how) {
    case 'text':
      return { ...product, availableStock: `${availableStock} units` }
    case 'null':
      return { ...product, availableStock: null }
    case 'missing':
      return { stockItemId, ...others }
    case 'withoutId':
      return { availableStock, ...others }
    case 'odd':
      return { ...product, ...oddTypes(product) }
    default:
      return product
  }
}

/** The row with other types than Centra documents. */
function oddTypes({ stockItemId, availableStock, productId, harmCode }: Product): Product {
  return {
    ...{ stockItemId: String(stockItemId), availableStock: String(availableStock) },
    ...{ productId: String(productId), harmCode: Number(harmCode) },
    ...{ weight: '22,5', brand: 5, countryOfOrigin: false },
  }
}
