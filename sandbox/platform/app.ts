import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const manifestSchema = z.object({
  vendor: z.string().min(1),
  name: z.string().min(1),
  version: z.string().min(1),
  policies: z
    .array(z.object({ name: z.string(), attrs: z.record(z.string(), z.unknown()).optional() }))
    .default([]),
})

const routeSchema = z.object({ path: z.string().startsWith('/'), public: z.boolean().optional() })

const eventSchema = z.object({
  sender: z.string().optional(),
  topics: z.array(z.string()).optional(),
  keys: z.array(z.string()).optional(),
})

const serviceSchema = z.object({
  timeout: z.number().positive().max(60).default(10),
  routes: z.record(z.string(), routeSchema).default({}),
  events: z.record(z.string(), eventSchema).default({}),
})

/** What the platform reads from an app's manifest.json and node/service.json. */
export interface App {
  vendor: string
  name: string
  version: string
  /** `{vendor}.{name}@{version}` */
  id: string
  /** `{vendor}.{name}`: the app's sender in courier and its owner name in VBase. */
  owner: string
  policies: readonly { name: string; attrs?: Record<string, unknown> | undefined }[]
  /** Seconds that a public request may take (VTEX IO: `timeout`, 10 by default, 60 at most). */
  timeout: number
  /** Public paths by route id. */
  publicRoutes: Readonly<Record<string, string>>
  /** Paths of the other routes by route id. */
  privateRoutes: Readonly<Record<string, string>>
  subscriptions: readonly Subscription[]
}

/** A handler's subscription to events of `sender` (absent: any) on one of `topics`. */
export interface Subscription {
  handler: string
  sender?: string | undefined
  topics: readonly string[]
}

/** Reads the app in `directory`; throws with the file name and zod's message if one is invalid. */
export async function readApp(directory: string): Promise<App> {
  const manifest = await readJson(join(directory, 'manifest.json'), manifestSchema)
  const service = await readJson(join(directory, 'node', 'service.json'), serviceSchema)
  const owner = `${manifest.vendor}.${manifest.name}`
  return {
    ...manifest,
    id: `${owner}@${manifest.version}`,
    owner,
    timeout: service.timeout,
    publicRoutes: pathsOf(service.routes, (route) => route.public === true),
    privateRoutes: pathsOf(service.routes, (route) => route.public !== true),
    subscriptions: Object.entries(service.events).map(([handler, { sender, topics, keys }]) => ({
      handler,
      sender,
      // `keys` is the deprecated name of `topics`.
      topics: [...(topics ?? []), ...(keys ?? [])],
    })),
  }
}

type Route = z.infer<typeof routeSchema>

function pathsOf(
  routes: Record<string, Route>,
  selects: (route: Route) => boolean
): Record<string, string> {
  const selected = Object.entries(routes).filter(([, route]) => selects(route))
  return Object.fromEntries(selected.map(([id, { path }]) => [id, path]))
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new Error(`${path}: ${error instanceof z.ZodError ? z.prettifyError(error) : error}`)
  }
}
