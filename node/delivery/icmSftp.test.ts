import { type SftpConnection, SftpError } from '../clients/sftp'
import { timestampText } from '../common/clock'
import type { MappedOffer } from '../offers/stockOffer'
import { DeliveryError, SupersededError } from './delivery'
import { IcmSftp } from './icmSftp'

const NOW = Date.UTC(2026, 10, 21, 20)
const HOUR_MS = 3_600_000
const stamp = NOW - 5_000
const settings = {
  sftpHost: 'drop.example',
  sftpPort: 22,
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  sftpPrivateKey: '',
  sftpPassphrase: '',
  sftpDirectory: 'in/stock',
  sftpFilePrefix: 'stock',
  quantityAttribute: 'StockQuantity',
}

interface File {
  content: string
  modifiedAt: number
}

/** A drop in memory. Like SFTP version 3, it refuses to rename onto a file. */
class Drop {
  readonly files = new Map<string, File>()
  readonly steps: string[] = []
  connections = 0
  /** Fails the next step of this name. */
  failing: { step: string; error: Error } | undefined

  readonly connect = async (): Promise<SftpConnection> => {
    this.take('connect')
    this.connections++
    return {
      exists: async (path) => {
        this.take('exists', path)
        return this.files.has(path)
      },
      write: async (path, content) => {
        this.files.set(path, { content: content.toString(), modifiedAt: NOW })
        this.take('write', path)
      },
      rename: async (from, to) => {
        this.take('rename', from)
        const file = this.files.get(from)
        if (!file || this.files.has(to)) throw new SftpError('down', `renaming ${from} failed`)
        this.files.delete(from)
        this.files.set(to, file)
      },
      remove: async (path) => {
        this.take('remove', path)
        this.files.delete(path)
      },
      list: async (directory) => {
        this.take('list', directory)
        return [...this.files].map(([path, { modifiedAt }]) => ({
          name: path.slice(directory.length + 1),
          modifiedAt,
        }))
      },
      close: async () => {
        this.connections--
      },
    }
  }

  /** What Intershop's pick-up sees. */
  get visible(): string[] {
    return [...this.files.keys()].filter((path) => path.endsWith('.xml'))
  }

  private take(step: string, path = '') {
    this.steps.push(`${step} ${path}`)
    if (this.failing?.step !== step) return
    const { error } = this.failing
    this.failing = undefined
    throw error
  }
}

const offers = (count: number): MappedOffer[] =>
  Array.from({ length: count }, (_, index) => ({
    skuId: index,
    sellerId: '1',
    quantity: index,
    observedAt: stamp,
    offerSku: `R${index}`,
  }))

const always = async () => true

function setUp() {
  const drop = new Drop()
  let words = 0
  const tools = {
    connect: drop.connect,
    timestampText,
    now: () => NOW,
    uniqueId: () => `n${++words}`,
  }
  const way = new IcmSftp(settings, tools)
  return {
    drop,
    way,
    deliver: (count = 1) => way.deliver({ stamp, offers: offers(count) }, always),
  }
}

describe('IcmSftp.deliver', () => {
  it('writes a complete file and leaves nothing else', async () => {
    const { drop, deliver } = setUp()
    const [name] = await deliver()
    expect([...drop.files.keys()]).toEqual([`in/stock/${name}`])
    expect(drop.files.get(`in/stock/${name}`)?.content).toMatch(/^<\?xml[\s\S]*<\/enfinity>\n$/)
  })

  it('shows no file before the rename, and calls mayCommit right before it', async () => {
    const { drop, way } = setUp()
    const seen: string[][] = []
    const mayCommit = async () => {
      seen.push(drop.visible)
      drop.steps.push('mayCommit')
      return true
    }
    await way.deliver({ stamp, offers: offers(1) }, mayCommit)
    expect(seen).toEqual([[]])
    expect(drop.steps.slice(-3).map((step) => step.split(' ')[0])).toEqual([
      'write',
      'mayCommit',
      'rename',
    ])
  })

  it('writes 2,500 offers a file, in order, and each offer once', async () => {
    const { drop, deliver } = setUp()
    const names = await deliver(5_001)
    expect(names).toEqual([...names].sort())
    const skus = names.map((name) =>
      [...(drop.files.get(`in/stock/${name}`)?.content ?? '').matchAll(/<sku>(.*)<\/sku>/g)].map(
        ([, sku]) => sku
      )
    )
    expect(skus.map(({ length }) => length)).toEqual([2_500, 2_500, 1])
    expect(skus.flat()).toEqual(offers(5_001).map(({ offerSku }) => offerSku))
  })

  it('leaves existing files, over the same connection', async () => {
    const { drop, deliver } = setUp()
    const names = await deliver(3_000)
    drop.steps.length = 0
    expect(await deliver(3_000)).toEqual(names)
    expect(drop.steps.filter((step) => !step.startsWith('exists'))).toEqual([])
  })

  it('succeeds if another worker renamed the same file first', async () => {
    const { drop, way } = setUp()
    const overtaken = async () => {
      const [temporary, file] = [...drop.files][0] ?? []
      if (temporary && file) drop.files.set(temporary.replace(/\/\.(.*\.xml).*/, '/$1'), file)
      return true
    }
    const names = await way.deliver({ stamp, offers: offers(1) }, overtaken)
    expect([...drop.files.keys()]).toEqual(names.map((name) => `in/stock/${name}`))
  })

  it('rejects with SupersededError if another worker went on, and leaves no file', async () => {
    const { drop, way } = setUp()
    const refused = way.deliver({ stamp, offers: offers(1) }, async () => false)
    await expect(refused).rejects.toThrow(SupersededError)
    expect([...drop.files.keys()]).toEqual([])
    expect(drop.connections).toBe(0)
  })

  it('removes old temporary files of its own and no others', async () => {
    const { drop, deliver } = setUp()
    const old = { content: 'half', modifiedAt: NOW - 7 * HOUR_MS }
    const young = { content: 'half', modifiedAt: NOW - HOUR_MS }
    const kept = ['.stock-b.xml.n.part', 'stock-a.xml', '.other-a.xml.n.part', '.stock-a.xml']
    drop.files.set('in/stock/.stock-a.xml.n.part', old)
    drop.files.set(`in/stock/${kept[0]}`, young)
    for (const name of kept.slice(1)) drop.files.set(`in/stock/${name}`, old)
    const [name] = await deliver()
    expect([...drop.files.keys()].sort()).toEqual(
      [...kept, name].map((file) => `in/stock/${file}`).sort()
    )
  })

  it.each(['write', 'rename'])(
    'completes on the next call after it broke off at the %s',
    async (step) => {
      const { drop, deliver } = setUp()
      drop.failing = { step, error: new SftpError('down', 'cut') }
      await expect(deliver(3_000)).rejects.toThrow(DeliveryError)
      expect(drop.visible).toEqual([])
      expect(drop.connections).toBe(0)
      const names = await deliver(3_000)
      expect(drop.visible.sort()).toEqual(names.map((name) => `in/stock/${name}`))
    }
  )

  it('rejects after ten seconds, and renames nothing afterwards', async () => {
    jest.useFakeTimers()
    try {
      const { drop, way } = setUp()
      let commit: (may: boolean) => void = () => undefined
      const delivery = way.deliver({ stamp, offers: offers(3_000) }, () => {
        return new Promise((resolve) => {
          commit = resolve
        })
      })
      const failed = expect(delivery).rejects.toMatchObject({ code: 'sftp_down', final: false })
      await jest.advanceTimersByTimeAsync(9_999)
      expect(drop.connections).toBe(1)
      await jest.advanceTimersByTimeAsync(1)
      await failed
      expect(drop.connections).toBe(0)
      commit(true)
      await jest.advanceTimersByTimeAsync(0)
      expect(drop.visible).toEqual([])
      expect(drop.steps.filter((step) => step.startsWith('rename'))).toEqual([])
    } finally {
      jest.useRealTimers()
    }
  })
})
