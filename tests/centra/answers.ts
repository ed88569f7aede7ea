import { stockPageOf } from '../../node/clients/centraStockPage'
import { TOKEN } from './scriptedServer'

/** A row as the app reads it, with all that it must have and nothing more. */
export const NEEDED = {
  ...{ stockItemId: 3131, sku: '12019005', variantSku: 'A', sizeSku: 'X' },
  ...{ active: true, availableStock: 4 },
}

/** The page that an answer is, the token kept out of its errors. */
export const pageIn = (body: string) => stockPageOf({ status: 200, headers: {}, body }, [TOKEN])

/** What an answer is no page for; nothing where it is one. */
export function problemIn(body: string): object {
  try {
    pageIn(body)
    return {}
  } catch (thrown) {
    return thrown as object
  }
}
