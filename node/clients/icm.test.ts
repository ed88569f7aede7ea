import { createServer, type Server, type ServerResponse } from 'http'
import { inspect } from 'util'
import { closeServer, listen } from '../../sandbox/common/servers'
import { temporaryFolder } from '../../sandbox/common/temporary-folder'
import { Inventory } from '../../sandbox/world/intershop/inventory'
import {
  ICM_DOMAIN,
  ICM_LOCALE,
  ICM_ORGANIZATION,
  ICM_PASSWORD,
  ICM_SITE,
  ICM_UNIT,
  ICM_USER,
} from '../../sandbox/world/intershop/rest/access'
import { BatchProcesses } from '../../sandbox/world/intershop/rest/batch-processes'
import { DEFAULT_BEHAVIOUR } from '../../sandbox/world/intershop/rest/behaviour'
import { type IcmRest, icmListener, Tokens } from '../../sandbox/world/intershop/rest/listener'
import { failure, tracedContext } from '../../tests/centra/scriptedServer'
import { unlimited } from '../../tests/throttling/unlimited'
import { offersXml } from '../delivery/icmFiles'
import { Icm, type IcmAccess } from './icm'
import { importStateIn } from './icmMessages'

const parameters = {
  ...{ unit: ICM_UNIT, domain: ICM_DOMAIN, locale: ICM_LOCALE },
  style: 'flat' as const,
}
let xml = ''
const always = async () => undefined

let rest: IcmRest
let server: Server
let access: IcmAccess
/** What is asked, and what is answered instead of what the sandbox's ICM would. */
let asked: string[] = []
let instead: (call: string, response: ServerResponse) => boolean = () => false
const folder = temporaryFolder()
let accounts = 0

beforeEach(async () => {
  const one = { skuId: 1, sellerId: '1', quantity: 17, observedAt: 0, offerSku: 'A 1' }
  xml = await offersXml([one], 'StockQuantity')
  const inventory = new Inventory(`${folder.path}/inventory-${accounts}.jsonl`)
  const behaviour = { ...DEFAULT_BEHAVIOUR, importMs: 0 }
  const folders = { archive: `${folder.path}/archive`, error: `${folder.path}/error` }
  const batches = new BatchProcesses(inventory, 'StockQuantity', folders, behaviour)
  rest = { behaviour, batches, inventory, tokens: new Tokens() }
  const answer = icmListener(rest)
  asked = []
  instead = () => false
  server = createServer((request, response) => {
    const call = `${request.method} ${request.url?.split('/-/')[1]}`
    asked.push(call)
    if (!instead(call, response)) answer(request, response)
  })
  access = {
    ...{ url: await listen(server), site: ICM_SITE, organization: ICM_ORGANIZATION },
    ...{ user: ICM_USER, password: ICM_PASSWORD },
  }
})

afterEach(async () => {
  jest.restoreAllMocks()
  rest.batches.stop()
  await closeServer(server)
})
afterAll(() => folder.remove())

/** A client of an account of its own: tokens are kept for each. */
function clientOf() {
  const { context, told } = tracedContext()
  return { icm: unlimited(new Icm({ ...context, account: `shop${++accounts}` })), told }
}

const started = async (icm: Icm, style: 'flat' | 'attributes' = 'flat') => {
  const { fileName } = await icm.upload(access, 'stock-1.xml', xml)
  return icm.startImport(access, fileName, { ...parameters, style }, always)
}

describe('Icm', () => {
  it.each(['flat', 'attributes'] as const)(
    'imports an upload with %s parameters',
    async (style) => {
      rest.behaviour.style = style
      const { icm } = clientOf()
      const id = await started(icm, style)
      expect(await icm.importState(access, id)).toEqual({ state: 'finished' })
      expect(rest.inventory.get('A 1')?.quantity).toBe(17)
      const [found] = await icm.inventories(access, ['A 1', 'B'])
      expect(found).toEqual({ sku: 'A 1', availableStock: 17, inStock: true })
      const refused = style === 'flat' ? 'attributes' : 'flat'
      const { status } = await failure(started(icm, refused))
      expect([400, 422]).toContain(status)
    }
  )

  it('tells what is running, failed or unknown, and removes uploads', async () => {
    const { icm } = clientOf()
    Object.assign(rest.behaviour, { importMs: 60_000, failing: ['A 1'] })
    const id = await started(icm)
    expect(await icm.importState(access, id)).toMatchObject({ state: 'running' })
    rest.behaviour.importMs = 0
    const failed = { state: 'failed', code: 'catalog.import.offer.invalid' }
    expect(await icm.importState(access, id)).toEqual(failed)
    rest.behaviour.failure = 'status'
    expect(await icm.importState(access, id)).toEqual(failed)
    expect(await icm.importState(access, 'other')).toEqual({ state: 'unknown' })
    await icm.removeUpload(access, 'stock-1.xml')
    await icm.removeUpload(access, 'stock-1.xml')
    expect(rest.batches.uploaded).toEqual([])
  })

  it('keeps a token until shortly before it expires', async () => {
    const { icm } = clientOf()
    await icm.logIn(access)
    await icm.importState(access, 'none')
    expect(rest.tokens.issued).toBe(1)
    const later = Date.now() + rest.behaviour.tokenMs - 60_000
    jest.spyOn(Date, 'now').mockReturnValue(later)
    await icm.importState(access, 'none')
    expect(rest.tokens.issued).toBe(2)
  })

  it('renews a token once after a 401', async () => {
    const { icm } = clientOf()
    await icm.logIn(access)
    rest.tokens.revokeAll()
    await icm.importState(access, 'none')
    expect(rest.tokens.issued).toBe(2)
    instead = (call, response) => {
      if (call.startsWith('POST token')) return false
      response.writeHead(401).end('{"code":"no.rights"}')
      return true
    }
    asked = []
    const { message } = await failure(icm.importState(access, 'none'))
    expect(message).toBe('Intershop: status 401, the credentials were not accepted, code no.rights')
    expect(asked.filter((call) => call.startsWith('GET'))).toHaveLength(2)
  })

  it('tells its secrets to nobody, and of errors the code alone', async () => {
    const { icm, told } = clientOf()
    const thrown = await failure(icm.logIn({ ...access, password: 's3cret-passw0rd' }))
    expect(thrown.message).toBe(
      'Intershop: status 401, the credentials were not accepted, code authentication.failed'
    )
    instead = (_call, response) => {
      response.writeHead(422, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ code: ICM_PASSWORD, message: `no ${ICM_PASSWORD}` }))
      return true
    }
    const other = await failure(icm.logIn(access))
    expect(other.message).toBe('Intershop: status 422, the request was not accepted')
    const all = inspect([thrown, other, told], { depth: 9 })
    for (const secret of [ICM_PASSWORD, 's3cret-passw0rd', 'Basic ', 'Bearer ']) {
      expect(all).not.toContain(secret)
    }
  })

  it('sends the start of an import once, unless it was certainly refused', async () => {
    // With the limiter that repeats calls.
    const { context } = tracedContext()
    const icm = new Icm({ ...context, account: `shop${++accounts}` })
    const statuses = [429, 503]
    instead = (call, response) => {
      if (!call.endsWith('productimports')) return false
      response.writeHead(statuses.shift() ?? 201, { 'retry-after': '0' }).end()
      return true
    }
    const sent: string[] = []
    const { fileName } = await icm.upload(access, 'stock-1.xml', xml)
    const start = icm.startImport(access, fileName, parameters, async () => void sent.push('x'))
    expect((await failure(start)).status).toBe(503)
    expect(sent).toHaveLength(2)
    expect(asked.filter((call) => call.endsWith('productimports'))).toHaveLength(2)
  })

  it('asks for nothing where it may not start any more', async () => {
    const { icm } = clientOf()
    const { fileName } = await icm.upload(access, 'stock-1.xml', xml)
    const stop = new Error('not any more')
    const start = icm.startImport(access, fileName, parameters, () => Promise.reject(stop))
    await expect(start).rejects.toBe(stop)
    expect(rest.batches.counts.imports).toBe(0)
  })
})

describe('importStateIn', () => {
  it.each([
    [{ status: 'PENDING' }, 'running'],
    [{ status: 'finished', process: { status: 'running' } }, 'running'],
    [{ status: 'disabled', process: null }, 'running'],
    [{ status: 'finished', process: { status: 'finished' } }, 'finished'],
    [{ status: 'finished', errors: [{ message: 'x' }] }, 'failed none'],
    [
      { status: 'finished', process: { status: 'finished', errors: [{ code: 'a.b' }] } },
      'failed a.b',
    ],
    [{ status: 'finished', code: 'c' }, 'failed c'],
    [{ status: 'aborted' }, 'failed aborted'],
    [{ status: 'password1', code: 'my password1' }, 'failed none'],
  ])('%j is %s', (content, expected) => {
    const found = importStateIn(content, ['password1'])
    expect('code' in found ? `${found.state} ${found.code}` : found.state).toBe(expected)
  })

  it('throws where it says nothing of how the import stands', () => {
    expect(() => importStateIn({ process: {} }, [])).toThrow('status: expected text')
  })
})
