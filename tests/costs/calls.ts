// Prints where the VBase calls of an idle update and of a full export go: node --import tsx tests/costs/calls.ts
import { Tally } from './countedDocuments'
import { Shop, type ShopOptions } from './shop'

const say = (text: string) => process.stdout.write(`${text}\n`)
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(2)

const folders = ({ byFolder }: Tally) =>
  [...byFolder]
    .sort(([, one], [, other]) => other - one)
    .map(([key, calls]) => `${key} ${calls}`)
    .join(', ')

/** What was counted between two log lines, by the line that ends it. */
class Steps {
  private readonly all = new Tally()
  private readonly byLine = new Map<string, { times: number; tally: Tally }>()

  add(line: string, tally: Tally) {
    const step = this.byLine.get(line) ?? { times: 0, tally: new Tally() }
    this.byLine.set(line, step)
    step.times++
    step.tally.addAll(tally)
    this.all.addAll(tally)
  }

  print(title: string) {
    const { calls, bytesRead, bytesWritten } = this.all
    const bytes = `${megabytes(bytesRead)} MB read, ${megabytes(bytesWritten)} MB written`
    say(`\n## ${title}: ${calls} calls, ${bytes}`)
    say(folders(this.all))
    for (const [line, { times, tally }] of this.byLine) {
      say(`- up to ${line}, ${times} times: ${tally.calls}: ${folders(tally)}`)
    }
  }
}

async function print(title: string, shop: Shop, route: 'update' | 'export') {
  const steps = new Steps()
  shop.documents.countAnew()
  shop.onLog = (line) => steps.add(line, shop.documents.countAnew())
  await shop.export(route)
  steps.add('the end', shop.documents.countAnew())
  shop.onLog = () => undefined
  steps.print(title)
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
    await print(`idle update, 2,000 SKUs${centra ? ', Centra' : ''}`, shop, 'update')
  }
  for (const sellers of ['own', 'others', 'ownAndOthers'] as const) {
    const shop = await shopOf({ skus: 20_000, sellers, skusASecond: 250 })
    await print(`first full export, 20,000 SKUs, ${sellers}, 250 SKUs a second`, shop, 'export')
    await shop.rest(86_400_000)
    await print(`full export a day later, 20,000 SKUs, ${sellers}`, shop, 'export')
  }
}

void main()
