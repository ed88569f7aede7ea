import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { atMost, figure, type Row } from './rows'

const HEAP_MB = 96

/** What `million.ts` says of its exports. */
interface Found {
  status: string
  sent: number
  wrong: number
  update: string
  heapMb: number
  residentMb: number
}

async function exported(skus: number): Promise<Found | undefined> {
  const script = join(__dirname, 'million.ts')
  const options = [`--max-old-space-size=${HEAP_MB}`, '--import', 'tsx', script, String(skus)]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  child.stdout.on('data', (part) => {
    said += part
  })
  const [code] = await once(child, 'close')
  return code === 0 ? (JSON.parse(said) as Found) : undefined
}

/** Memory of a worker whose heap may have 96 MB, by the size of the catalog; upstreams and VBase are in its process. */
export async function memory(sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const skus of sizes) {
    const found = await exported(skus)
    const where = `full export of ${skus.toLocaleString('en')} SKUs, heap of ${HEAP_MB} MB`
    const isWell = found?.status === 'completed' && found.update === 'completed'
    rows.push(atMost(figure(`offers missing or wrong, ${where}`, isWell ? found.wrong : skus), 0))
    if (!found) continue
    rows.push(figure('heap used at most', found.heapMb, 0, ' MB'))
    rows.push(
      figure(
        'resident at most, without the documents of the made-up VBase',
        found.residentMb,
        0,
        ' MB'
      )
    )
  }
  return rows
}
