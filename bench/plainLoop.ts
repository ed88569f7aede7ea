// What people write instead: list, two calls a SKU, a fixed limit, retry on error. A process of its own, as the app is:
// node --import tsx bench/plainLoop.ts EGRESS CREDENTIAL CONCURRENCY; prints the quantities by SKU as JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { bareClient } from './bareClient'

const [, , egress = '', credential = '', concurrency = '50'] = process.argv
const RETRIES = 3
const RETRY_MS = 1_000
const PAGE = 1_000
const { get } = bareClient({ egress, credential })

async function retried<T>(path: string): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await get<T>(path)
    } catch (thrown) {
      if (attempt === RETRIES) throw thrown
      await sleep(RETRY_MS)
    }
  }
}

interface Balance {
  warehouseId: string
  totalQuantity: number
  reservedQuantity: number
  hasUnlimitedQuantity: boolean
}

async function quantityOf(skuId: number, active: ReadonlySet<string>): Promise<number> {
  const [sku, { balance }] = await Promise.all([
    retried<{ IsActive: boolean }>(`/api/catalog_system/pvt/sku/stockkeepingunitbyid/${skuId}`),
    retried<{ balance: Balance[] }>(`/api/logistics/pvt/inventory/skus/${skuId}`),
  ])
  const counted = balance.filter(({ warehouseId }) => active.has(warehouseId))
  if (!sku.IsActive) return 0
  if (counted.some(({ hasUnlimitedQuantity }) => hasUnlimitedQuantity)) return 9_999
  const left = counted.map((each) => Math.max(0, each.totalQuantity - each.reservedQuantity))
  return left.reduce((sum, each) => sum + each, 0)
}

async function main() {
  const began = Date.now()
  const warehouses = await retried<{ id: string; isActive: boolean }[]>(
    '/api/logistics/pvt/configuration/warehouses'
  )
  const active = new Set(warehouses.filter((each) => each.isActive).map(({ id }) => id))
  const ids: number[] = []
  for (let page = 1; ; page++) {
    const path = `/api/catalog_system/pvt/sku/stockkeepingunitids?page=${page}&pagesize=${PAGE}`
    const found = await retried<number[]>(path)
    if (found.length === 0) break
    ids.push(...found)
  }
  const limit = pLimit(Number(concurrency))
  const quantities: Record<number, number> = {}
  await Promise.all(
    ids.map((skuId) =>
      limit(async () => {
        // It logs the error and goes on.
        const quantity = await quantityOf(skuId, active).catch(() => undefined)
        if (quantity !== undefined) quantities[skuId] = quantity
      })
    )
  )
  const seconds = (Date.now() - began) / 1_000
  process.stdout.write(JSON.stringify({ seconds, skus: ids.length, quantities }))
}

void main()
