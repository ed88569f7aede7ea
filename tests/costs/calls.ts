// Prints where the VBase calls of an idle update and of a full export go.
import { Tally } from './countedDocuments'
import { Shop, type ShopOptions } from './shop'

const say = (text: string) => process.stdout.write(`${text}\n`)

function table(title: string, steps: ReadonlyArray<readonly [string, Tally]>) {
  const all = new Tally()
  const byStep = new Map<string, { times: number; calls: number }>()
  for (const [step, tally] of steps) {
    const known = byStep.get(step) ?? { times: 0, calls: 0 }
    byStep.set(step, { times: known.times + 1, calls: known.calls + tally.calls })
    all.calls += tally.calls
    all.bytesRead += tally.bytesRead
    all.bytesWritten += tally.bytesWritten
    for (const [key, calls] of tally.byFolder) {
      all.byFolder.set(key, (all.byFolder.get(key) ?? 0) + calls)
    }
  }
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2)
  say(
    `\n## ${title}: ${all.calls} calls, ${megabytes(all.bytesRead)} MB read, ${megabytes(all.bytesWritten)} MB written`
  )
  const folders = [...all.byFolder].sort(([, a], [, b]) => b - a)
  say(folders.map(([key, calls]) => `${key} ${calls}`).join(', '))
  for (const [step, { times, calls }] of byStep) say(`  up to ${step} (${times} times): ${calls}`)
}

async function counted(title: string, shop: Shop, route: 'update' | 'export') {
  const steps: Array<readonly [string, Tally]> = []
  shop.documents.countAnew()
  shop.onLog = (line) => steps.push([line, shop.documents.countAnew()])
  const began = process.cpuUsage()
  const { status } = await shop.export(route)
  const { user, system } = process.cpuUsage(began)
  steps.push(['the end', shop.documents.countAnew()])
  shop.onLog = () => undefined
  table(`${title}, ${status}, ${Math.round((user + system) / 1_000)} ms of processor`, steps)
}

async function shopOf(options: ShopOptions) {
  const shop = new Shop({ vbaseMs: 20, ...options })
  await shop.install()
  return shop
}

async function main() {
  for (const centra of [false, true]) {
    const shop = await shopOf({ skus: 2_000, centra })
    await shop.export('update')
    await shop.rest(300_000)
    await counted(`idle update, 2,000 SKUs${centra ? ', Centra' : ''}`, shop, 'update')
  }
  for (const sellers of ['own', 'others', 'ownAndOthers'] as const) {
    for (const skusASecond of [undefined, 250]) {
      const shop = await shopOf({ skus: 20_000, sellers, ...(skusASecond && { skusASecond }) })
      const how = `${sellers}, ${skusASecond ? `${skusASecond} SKUs a second` : 'at once'}`
      await counted(`first full export, 20,000 SKUs, ${how}`, shop, 'export')
      await shop.rest(86_400_000)
      await counted(`second full export, 20,000 SKUs, ${how}`, shop, 'export')
    }
  }
}

void main()
