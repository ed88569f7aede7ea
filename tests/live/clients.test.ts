import { IOClient } from '@vtex/api'
import { readdirSync, readFileSync } from 'fs'
import { join } from 'path'

import { Clients } from '../../node/clients'
import { RESOURCES as GRANTED, needOf } from '../../node/common/upstreamError'
import { admitted, admittedAtCentra } from '../../sandbox/live/admission'
import { type AllowedCall, RESOURCES, VTEX_CALLS } from '../../sandbox/live/allowed-calls'
import { tracedContext } from '../centra/scriptedServer'
import { unlimited } from '../throttling/unlimited'

const CENTRA = { url: 'https://shop.centra.com/api/order', token: 'a', auth: 'bearer' }
/** Clients of what stays in the sandbox, or has an address of its own. */
const ELSEWHERE = ['centra', 'icm', 'messageCenter', 'scheduler', 'webhook']
const SANDBOXED = /^\/api\/(scheduler|template-render)\//
const FORBIDDEN = Object.assign(new Error('forbidden'), { response: { status: 403, headers: {} } })

/** Arguments for each method of each client that sends a request. One that is missing fails the first test. */
const SAMPLES: Record<string, Record<string, readonly unknown[]>> = {
  catalog: {
    skuIds: [1],
    skuDetails: [7],
    stockedSku: [7],
    components: [7],
    skuByEan: ["A/1?b#c 50% Ä'(*)!~"],
    skuIdsByRefIds: [['R 7', 'Ä/1']],
  },
  centra: { stock: [CENTRA, { limit: 5, exclude: 'physicalStock' }, '?limit=2&page=3'] },
  icm: {
    ...{ logIn: [], upload: [], removeUpload: [] },
    ...{ startImport: [], importState: [], inventories: [] },
  },
  logistics: { warehouses: [], balances: [7] },
  messageCenter: { ensureTemplate: [{}], send: ['a', {}] },
  offers: { ofSku: [3, 7], ofProduct: [3] },
  scheduler: {
    save: [{ id: 'a', expression: '* * * * *', uri: 'https://a.example', headers: {} }],
    remove: ['a'],
  },
  sellers: { page: [100] },
  skuBindings: { skuIds: ['Fjall-Butik_2.a', 3] },
  webhook: { send: ['https://a.example', {}] },
}

/** Methods that send nothing but through another one. */
const INNER = { icm: ['call', 'callWith', 'token'] } as Record<string, readonly string[]>

interface Sent {
  method: string
  url: string
  /** What the client made of the 403. */
  message: string
}

const { context } = tracedContext()
const clients = new Clients({}, context) as unknown as Record<string, object>

const namesOf = (prototype: object, isWanted: (property: PropertyDescriptor) => boolean) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, property]) => name !== 'constructor' && isWanted(property))
    .map(([name]) => name)

const clientNames = Object.keys(clients).filter((name) => clients[name] instanceof IOClient)
const methodsOf = (client: string) =>
  namesOf(Object.getPrototypeOf(clients[client]), ({ value }) => typeof value === 'function')

/** The request that a method sends, and is refused. */
async function sentBy(client: string, method: string): Promise<Sent> {
  const sent: Omit<Sent, 'message'>[] = []
  const send =
    (verb: string) =>
    async (path: string, ...rest: { params?: object }[]) => {
      const params = { ...rest.at(-1)?.params, an: context.account }
      const query = new URLSearchParams(
        Object.entries(params).map(([n, v]): [string, string] => [n, String(v)])
      )
      sent.push({ method: verb, url: client === 'centra' ? path : `${path}?${query}` })
      throw FORBIDDEN
    }
  const http = {
    ...{ get: send('GET'), getRaw: send('GET'), post: send('POST') },
    ...{ put: send('PUT'), delete: send('DELETE') },
  }
  const instance = Object.assign(unlimited(clients[client] ?? {}), { http }) as unknown as Record<
    string,
    (...args: readonly unknown[]) => Promise<unknown>
  >
  const message = await instance[method]?.(...(SAMPLES[client]?.[method] ?? [])).then(
    () => 'nothing was thrown',
    (error: Error) => error.message
  )
  expect(sent).toHaveLength(1)
  return { method: '', url: '', ...sent[0], message: message ?? '' }
}

const sendersOf = (client: string) =>
  methodsOf(client)
    .filter((method) => INNER[client]?.includes(method) !== true)
    .map((method): [string, string] => [client, method])

const atVtex = clientNames.filter((client) => !ELSEWHERE.includes(client)).flatMap(sendersOf)

describe("the list of calls that npm run live lets out, and the app's clients", () => {
  it('contains a sample of each method of each client', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual([...clientNames].sort())
    for (const client of clientNames) {
      const known = [...Object.keys(SAMPLES[client] ?? {}), ...(INNER[client] ?? [])]
      expect([client, known.sort()]).toEqual([client, methodsOf(client).sort()])
    }
  })

  it.each(atVtex)(
    '%s.%s is on the list, with the resources that it needs',
    async (client, name) => {
      const { method, url, message } = await sentBy(client, name)
      const call = admitted(method, url, context.account)
      const { needs } = Object.values<AllowedCall>(VTEX_CALLS).find(
        (each) => each.name === call.name
      ) ?? { needs: [] }
      expect(message).toContain(needOf(needs))
      const query = new URLSearchParams(url.split('?')[1])
      query.delete('an')
      expect(call.path).toBe(`${url.split('?')[0]}${query.size > 0 ? `?${query}` : ''}`)
    }
  )

  it('have no call on the list that no client makes', async () => {
    const made = new Set<string>()
    for (const [client, name] of atVtex) {
      const { method, url } = await sentBy(client, name)
      made.add(admitted(method, url, context.account).name)
    }
    expect([...made].sort()).toEqual(
      Object.values(VTEX_CALLS)
        .map(({ name }) => name)
        .sort()
    )
  })

  it("agree on Centra's", async () => {
    const { method, url } = await sentBy('centra', 'stock')
    const { host, pathname, search } = new URL(url)
    expect(host).toBe('shop.centra.com')
    expect(admittedAtCentra(method, `${pathname}${search}`, '/api/order/stock')).toMatchObject({
      method: 'GET',
      path: `${pathname}${search}`,
    })
  })

  it.each(sendersOf('scheduler'))('%s.%s, which writes, is not let out', async (client, name) => {
    const { method, url } = await sentBy(client, name)
    expect(url).toMatch(SANDBOXED)
    expect(() => admitted(method, url, context.account)).toThrow('is not one of the calls')
  })

  it('contains each path in the sources of the clients', () => {
    const folder = join(__dirname, '../../node/clients')
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts')
    )
    const paths = sources.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/['"`](\/api\/[^'"`\s]*)['"`]/g)].map(
        ([, path = '']) => path.replace(/\$\{[^}]*\}/g, '7')
      )
    )
    const others = paths.filter((path) => !SANDBOXED.test(path))
    expect(others.length).toBeGreaterThanOrEqual(Object.keys(VTEX_CALLS).length)
    const isListed = (path: string) =>
      ['GET', 'POST'].some((method) => {
        try {
          return admitted(method, `${path}?an=shop`, 'shop').path === path
        } catch {
          return false
        }
      })
    expect(others.filter((path) => !isListed(path))).toEqual([])
  })

  it('name resources alike', () => {
    expect(RESOURCES).toEqual(GRANTED)
  })
})
