import {
  type ClientsConfig,
  type EventContext,
  LRUCache,
  method,
  type ParamsContext,
  type RecorderState,
  Service,
  type ServiceContext,
} from '@vtex/api'
import { json } from 'co-body'
import { Clients } from './clients'

const BUCKET = 'lists'

interface State extends RecorderState {
  limit: number
}

type Context = ServiceContext<Clients, State>
type Next = () => Promise<void>

/** Nothing of this is ever in conflict on one workspace; the runtime asks for conflicts nevertheless. */
const keepMine = { resolve: async () => [] }

const vbaseCache = new LRUCache<string, never>({ max: 100 })

const clients: ClientsConfig<Clients> = {
  implementation: Clients,
  options: {
    default: { retries: 1, timeout: 3_000 },
    vbase: { memoryCache: vbaseCache },
  },
}

async function readSettings(ctx: Context, next: Next): Promise<void> {
  const settings = await ctx.clients.apps.getAppSettings(process.env.VTEX_APP_ID ?? '')
  ctx.state.limit = Number(settings.limit ?? 1)
  await next()
}

function itemsOf(ctx: Context): Promise<string[] | null> {
  const list = String(ctx.vtex.route.params.list)
  return ctx.clients.vbase.getJSON<string[] | null>(BUCKET, list, true, keepMine)
}

async function show(ctx: Context): Promise<void> {
  ctx.set('cache-control', 'no-cache')
  ctx.body = { items: await itemsOf(ctx), limit: ctx.state.limit }
}

async function add(ctx: Context): Promise<void> {
  const list = String(ctx.vtex.route.params.list)
  const { item } = await json(ctx.req)
  const items = [...((await itemsOf(ctx)) ?? []), item].slice(-ctx.state.limit)
  await ctx.clients.vbase.saveJSON(BUCKET, list, items)
  await ctx.clients.events.sendEvent('', 'wishlist.added', { list, item })
  ctx.status = 201
  ctx.body = items
}

/** What an app alone may ask for. */
async function report(ctx: Context): Promise<void> {
  const { account, workspace, route } = ctx.vtex
  const { query, method: verb, path } = ctx
  const body = verb === 'POST' ? await json(ctx.req) : null
  ctx.body = { account, workspace, route, query, verb, path, body, own: ctx.get('x-own') }
}

async function unsupported(ctx: Context): Promise<void> {
  const { masterdata, registry, vbase, catalog, workspaces } = ctx.clients
  const requests: Record<string, () => Promise<unknown>> = {
    masterdata: () => masterdata.getDocument({ dataEntity: 'CL', id: '7', fields: ['email'] }),
    registry: () => registry.listVersionsByApp('vtex.search'),
    conflicts: () => vbase.getConflicts(BUCKET),
    graphql: () => catalog.brand('7'),
    workspaces: () => workspaces.list('acme'),
  }
  try {
    ctx.body = { result: await requests[String(ctx.vtex.route.params.what)]?.() }
  } catch (error) {
    const { response } = error as { response?: { status: number; data: unknown } }
    ctx.body = { status: response?.status, data: response?.data }
  }
}

async function added({ body, clients: { vbase } }: EventContext<Clients>): Promise<void> {
  const times = (await vbase.getJSON<number | null>('added', body.item, true)) ?? 0
  await vbase.saveJSON('added', body.item, times + 1)
}

async function installed({ body, clients: { vbase } }: EventContext<Clients>): Promise<void> {
  await vbase.saveJSON('installed', 'last', body)
}

export default new Service<Clients, State, ParamsContext>({
  clients,
  routes: {
    list: method({ GET: [readSettings, show], POST: [readSettings, add] }),
    unsupported,
    report,
    files: report,
  },
  events: { added, installed },
  graphql: { resolvers: { Query: { wishlist: async () => [] } } },
})
