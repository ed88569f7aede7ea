import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROUTES, startExport } from '../sandbox/cli/exports'
import { type SandboxOptions, TOKEN } from '../sandbox/sandbox'
import { COMMERCE_HOST } from '../sandbox/world/commerce/api/listener'

const POLL_MS = 100
/** VBase's answers take so long. */
export const VBASE_MS = 20

/** What the process of the doubles says once all of it listens. */
interface Ready {
  url: string
  /** The proxy that all requests of the app pass, and the credential that it wants. */
  egress: string
  credential: string
  /** Folder of the drop on disk. */
  inbox: string
}

/** A report, as far as the bench reads it. */
export interface Ended {
  status: string
  acceptedAt: string
  endedAt: string
  skus: { read: number }
  offers: { sent: number; unchanged: number }
}

/** Requests of the app since the counts were reset. */
export interface Requests {
  vbase: number
  vtex: number
  rateLimited: number
}

interface Counted {
  total: number
  byStatus: Record<string, number>
}

/** The sandbox with the app, in another process, and how it is controlled. */
export class World {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: Ready
  ) {}

  static async start(options: Omit<SandboxOptions, 'stateDirectory'>): Promise<World> {
    const execArgv = ['--import', 'tsx']
    const child = fork(join(__dirname, 'doubles.ts'), [JSON.stringify(options)], { execArgv })
    const started = once(child, 'message') as Promise<[Ready]>
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('the sandbox ended')))
    const [ready] = await Promise.race([started, ended])
    ended.catch(() => undefined)
    const world = new World(child, ready)
    await world.control('POST', '/intershop/pause')
    return world
  }

  /** Calls the sandbox's control API. */
  async control<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.ready.url}/_sandbox${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  /** From now on VTEX's and VBase's answers take so many milliseconds. */
  async latency(vtexMs: number, vbaseMs = VBASE_MS): Promise<void> {
    await this.control('DELETE', '/faults')
    const latency = (upstream: string, ms: number) =>
      this.control('POST', '/faults', { upstream, kind: 'latency', ms })
    if (vtexMs > 0) await latency(COMMERCE_HOST, vtexMs)
    if (vbaseMs > 0) await latency('vbase', vbaseMs)
  }

  /** Sells a unit of each of so many SKUs that were not sold before. @returns their ids */
  async sell(count: number): Promise<number[]> {
    const answer = once(this.child, 'message') as Promise<[{ sold: number[] }]>
    this.child.send({ sell: count })
    const [{ sold }] = await answer
    return sold
  }

  /** Resident memory of the app's worker so far at most, in MB; undefined where the system does not say. */
  async workerMemory(): Promise<number | undefined> {
    const { pids } = await this.control<{ pids: number[] }>('GET', '/replicas')
    const status = await readFile(`/proc/${pids[0]}/status`, 'utf8').catch(() => '')
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(status) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024
  }

  /** Posts an export and waits for its end. @throws where it did not complete */
  async export(route = 'export'): Promise<Ended> {
    const exportId = await startExport(this.ready.url, route)
    const day = `${exportId.slice(0, 8)}/`
    // The app is not asked: each answer would cost it some work.
    for (let ended: string[] = []; ended.length === 0; await sleep(POLL_MS)) {
      const paths = await this.control<string[]>('GET', `/vbase/ended?prefix=${day}`)
      ended = paths.filter((path) => path.includes(exportId))
    }
    const headers = { token: TOKEN }
    const response = await fetch(`${this.ready.url}${ROUTES}/exports/${exportId}`, { headers })
    const report = (await response.json()) as Ended
    if (report.status === 'completed') return report
    throw new Error(`${route} ended as ${report.status}`)
  }

  /** Resolves when every event is acknowledged. */
  async idle(): Promise<void> {
    for (;;) {
      const { pending } = await this.control<{ pending: unknown[] }>('GET', '/courier')
      if (pending.length === 0) return
      await sleep(POLL_MS)
    }
  }

  async requests(): Promise<Requests> {
    const all = await this.control<Record<string, Counted>>('GET', '/requests')
    const vtex = all[COMMERCE_HOST]
    return {
      vbase: all.vbase?.total ?? 0,
      vtex: vtex?.total ?? 0,
      rateLimited: vtex?.byStatus['429'] ?? 0,
    }
  }

  resetRequests(): Promise<void> {
    return this.control('DELETE', '/requests')
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit')
    this.child.disconnect()
    await ended
  }
}

/** From acceptance to the end, in seconds. */
export const secondsOf = ({ acceptedAt, endedAt }: Ended): number =>
  (Date.parse(endedAt) - Date.parse(acceptedAt)) / 1_000
