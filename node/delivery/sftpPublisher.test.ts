import type { SftpConnection } from '../clients/sftp'
import { SftpError } from '../clients/sftpError'
import type { MappedOffer } from '../offers/stockOffer'
import { icmSftp } from './icmFiles'
import { DeliveryError, SupersededError } from './publisher'
import { SftpPublisher } from './sftpPublisher'

const NOW = Date.UTC(2026, 10, 21, 20)
const HOUR_MS = 3_600_000
const version = NOW - 5_000
const settings = {
  sftpHost: 'drop.example',
  sftpPort: 22,
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  sftpPrivateKey: '',
  sftpPassphrase: '',
  sftpHostKey: '',
  sftpLegacyAlgorithms: false,
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
  isListedWhole = true
  /** Ends the connection from the server's side. */
  cut: () => void = () => undefined
  /** Fails the next step of this name. */
  failing: { step: string; error: Error } | undefined

  readonly connect = async (): Promise<SftpConnection> => {
    this.take('connect')
    this.connections++
    const connection = {
      isOpen: true,
      exists: async (path: string) => {
        this.take('exists', path)
        return this.files.has(path)
      },
      write: async (path: string, content: Buffer) => {
        this.files.set(path, { content: content.toString(), modifiedAt: NOW })
        this.take('write', path)
      },
      rename: async (from: string, to: string) => {
        this.take('rename', from)
        const file = this.files.get(from)
        if (!file || this.files.has(to)) throw new SftpError('down', `renaming ${from} failed`)
        this.files.delete(from)
        this.files.set(to, file)
      },
      remove: async (path: string) => {
        this.take('remove', path)
        this.files.delete(path)
      },
      list: async (directory: string) => {
        this.take('list', directory)
        const files = [...this.files].map(([path, { modifiedAt }]) => ({
          name: path.slice(directory.length + 1),
          modifiedAt,
        }))
        return { files, isWhole: this.isListedWhole }
      },
      close: async () => {
        this.connections--
        connection.isOpen = false
      },
    }
    this.cut = () => {
      connection.isOpen = false
    }
    return connection
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
    observedAt: version,
    offerSku: `R${index}`,
  }))

const format = icmSftp(settings)

const always = async () => true

function tools({ connect }: Drop) {
  let words = 0
  return { connect, now: () => NOW, uniqueId: () => `n${++words}` }
}

function setUp() {
  const drop = new Drop()
  const way = new SftpPublisher(settings, format, tools(drop))
  return {
    drop,
    way,
    deliver: (count = 1, at = version) =>
      way.publish({ version: at, offers: offers(count) }, always),
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
    const canCommit = async () => {
      seen.push(drop.visible)
      drop.steps.push('canCommit')
      return true
    }
    await way.publish({ version, offers: offers(1) }, canCommit)
    expect(seen).toEqual([[]])
    expect(drop.steps.slice(-3).map((step) => step.split(' ')[0])).toEqual([
      'write',
      'canCommit',
      'rename',
    ])
  })

  it('writes 5,000 offers a file, in order, and each offer once', async () => {
    const { drop, deliver } = setUp()
    const names = await deliver(10_001)
    expect(names).toEqual([...names].sort())
    const skus = names.map((name) =>
      [...(drop.files.get(`in/stock/${name}`)?.content ?? '').matchAll(/<sku>(.*)<\/sku>/g)].map(
        ([, sku]) => sku
      )
    )
    expect(skus.map(({ length }) => length)).toEqual([5_000, 5_000, 1])
    expect(skus.flat()).toEqual(offers(10_001).map(({ offerSku }) => offerSku))
  })

  it('connects again if the server closed the connection', async () => {
    const { drop, deliver } = setUp()
    await deliver()
    drop.cut()
    await deliver(1, version + 1)
    expect(drop.steps.filter((step) => step.startsWith('connect'))).toHaveLength(2)
  })

  it('rejects with SupersededError if another worker went on, and leaves no file', async () => {
    const { drop, way } = setUp()
    const refused = way.publish({ version, offers: offers(1) }, async () => false)
    await expect(refused).rejects.toThrow(SupersededError)
    expect([...drop.files.keys()]).toEqual([])
    expect(drop.connections).toBe(0)
  })

  it('removes old temporary files of its own and no others when it looks at the drop', async () => {
    const { drop, way, deliver } = setUp()
    const old = { content: 'half', modifiedAt: NOW - 7 * HOUR_MS }
    const young = { content: 'half', modifiedAt: NOW - HOUR_MS }
    const kept = ['.stock-b.xml.n.part', 'stock-a.xml', '.other-a.xml.n.part', '.stock-a.xml']
    drop.files.set('in/stock/.stock-a.xml.n.part', old)
    drop.files.set(`in/stock/${kept[0]}`, young)
    for (const name of kept.slice(1)) drop.files.set(`in/stock/${name}`, old)
    const [name] = await deliver()
    await way.drop()
    expect([...drop.files.keys()].sort()).toEqual(
      [...kept, name].map((file) => `in/stock/${file}`).sort()
    )
  })

  it.each(['write', 'rename'])('leaves no file after it failed at the %s', async (step) => {
    const { drop, deliver } = setUp()
    drop.failing = { step, error: new SftpError('down', 'refused') }
    await expect(deliver(3_000)).rejects.toThrow(DeliveryError)
    expect([...drop.files.keys()]).toEqual([])
    expect(drop.connections).toBe(0)
    const names = await deliver(3_000)
    expect([...drop.files.keys()].sort()).toEqual(names.map((name) => `in/stock/${name}`))
  })

  it('removes first what a lost connection left behind', async () => {
    const { drop, way, deliver } = setUp()
    const lost = async () => {
      drop.cut()
      drop.failing = { step: 'rename', error: new SftpError('down', 'cut') }
      return true
    }
    const delivery = way.publish({ version, offers: offers(1) }, lost)
    await expect(delivery).rejects.toThrow(DeliveryError)
    const left = [...drop.files.keys()]
    expect(left).toHaveLength(1)
    drop.steps.length = 0
    const [name] = await deliver()
    expect(drop.steps.slice(0, 2)).toEqual(['connect ', `remove ${left[0]}`])
    expect([...drop.files.keys()]).toEqual([`in/stock/${name}`])
  })

  it('fails where another file has its name, and leaves that one alone', async () => {
    const { drop, way, deliver } = setUp()
    const [name] = await deliver()
    const path = `in/stock/${name}`
    const other = { content: 'of another worker', modifiedAt: NOW }
    drop.files.set(path, other)
    const delivery = way.publish({ version, offers: offers(1) }, always)
    await expect(delivery).rejects.toMatchObject({ code: 'sftp_down', final: false })
    expect([...drop.files]).toEqual([[path, other]])
  })

  it('succeeds if the server renamed and its response was lost', async () => {
    const { drop, way } = setUp()
    const renamed = async () => {
      const [[temporary = '', file] = []] = [...drop.files]
      drop.failing = { step: 'rename', error: new SftpError('down', 'lost') }
      drop.files.delete(temporary)
      if (file) drop.files.set(temporary.replace(/\/\.(.*\.xml).*/, '/$1'), file)
      return true
    }
    const [name] = await way.publish({ version, offers: offers(1) }, renamed)
    expect([...drop.files.keys()]).toEqual([`in/stock/${name}`])
  })

  it.each([
    ['is done where the server renamed, and never answers', true],
    ['fails where the server does not answer a rename that it did not do', false],
  ])('%s', async (_, isThere) => {
    jest.useFakeTimers()
    try {
      const drop = new Drop()
      const connect = async () => ({
        ...(await drop.connect()),
        rename: () => new Promise<void>(() => undefined),
        exists: async (path: string) => path.endsWith('.xml') && isThere,
      })
      const silent = new SftpPublisher(settings, format, { ...tools(drop), connect })
      const delivery = silent.publish({ version, offers: offers(1) }, always)
      const outcome = delivery.then(
        () => 'done',
        (error: DeliveryError) => error.code
      )
      await jest.advanceTimersByTimeAsync(5_000)
      expect(await outcome).toBe(isThere ? 'done' : 'sftp_down')
    } finally {
      jest.useRealTimers()
    }
  })

  it('rejects after ten seconds, and renames nothing afterwards', async () => {
    jest.useFakeTimers()
    try {
      const { drop, way } = setUp()
      let commit: (may: boolean) => void = () => undefined
      const delivery = way.publish({ version, offers: offers(300) }, () => {
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

describe('SftpPublisher.check', () => {
  it('writes, renames and removes a file that Intershop never picks up', async () => {
    const { drop, way } = setUp()
    expect(await way.check()).toBe('a file was written, renamed and removed in in/stock')
    const steps = drop.steps.filter((step) => /^(write|rename|remove) /.test(step))
    expect(steps).toEqual([
      'write in/stock/.stock-check.n1.part',
      'rename in/stock/.stock-check.n1.part',
      'remove in/stock/.stock-check.n1.renamed.part',
    ])
    expect([...drop.files.keys()]).toEqual([])
  })

  it.each(['write', 'rename', 'remove'])(
    'fails at the %s with what to do, and leaves no file',
    async (step) => {
      const { drop, way } = setUp()
      drop.failing = { step, error: new SftpError('path', 'denied') }
      const error = await way.check().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'sftp_path', detail: 'SFTP: denied' })
      expect(error).toMatchObject({ advice: 'Check sftpDirectory and the rights of sftpUser.' })
      expect([...drop.files.keys()]).toEqual([])
      expect(drop.connections).toBe(0)
    }
  )

  it('leaves only names that a later batch removes, if the connection is cut', async () => {
    const { drop, way } = setUp()
    await way.connect()
    drop.failing = { step: 'rename', error: new SftpError('down', 'cut') }
    drop.cut()
    const left = '.stock-check.n9.renamed.part'
    drop.files.set(`in/stock/${left}`, { content: '', modifiedAt: NOW - 7 * HOUR_MS })
    await expect(way.check()).rejects.toMatchObject({ code: 'sftp_down' })
    await way.drop()
    expect([...drop.files.keys()]).toEqual([])
  })
})

describe('SftpPublisher.drop', () => {
  const put = (drop: Drop, name: string) =>
    drop.files.set(`in/stock/${name}`, { content: '', modifiedAt: 0 })

  it('counts the files of the app, and tells the age of the first by its name', async () => {
    const { drop, way, deliver } = setUp()
    expect(await way.drop()).toEqual({ files: 0, observedAt: NOW })
    await deliver(5_001)
    await deliver(1, NOW - HOUR_MS)
    put(drop, 'stock-20261121T190000000-0001-63e61ea60ed1.xml.bak')
    put(drop, 'stock-others-20200101T000000000-0001-63e61ea60ed1.xml')
    put(drop, 'stock-20200101.xml')
    expect(await way.drop()).toEqual({ files: 3, oldestAgeSeconds: 3_600, observedAt: NOW })
  })

  it('says if it saw only some of the directory', async () => {
    const { drop, way, deliver } = setUp()
    await deliver()
    drop.isListedWhole = false
    const { files, isPartial } = (await way.drop()) ?? {}
    expect([files, isPartial]).toEqual([1, true])
  })

  it('returns undefined where listing is denied, asks no more, and files are published all the same', async () => {
    const { drop, way, deliver } = setUp()
    drop.failing = { step: 'list', error: new SftpError('path', 'permission denied') }
    expect(await way.drop()).toBeUndefined()
    expect(await way.drop()).toBeUndefined()
    expect(drop.steps.filter((step) => step.startsWith('list'))).toHaveLength(1)
    expect(await deliver()).toHaveLength(1)
  })

  it('abandons a listing that takes long', async () => {
    jest.useFakeTimers()
    try {
      const drop = new Drop()
      const list = () => new Promise<never>(() => undefined)
      const connect = async () => ({ ...(await drop.connect()), list })
      const listing = new SftpPublisher(settings, format, { ...tools(drop), connect }).drop()
      await jest.advanceTimersByTimeAsync(3_000)
      expect(await listing).toBeUndefined()
    } finally {
      jest.useRealTimers()
    }
  })
})
