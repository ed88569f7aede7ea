import { createHash } from 'crypto'
import { z } from 'zod'
import { perAccount } from '../common/perAccount'
import { isOfKind, parsed, UpstreamError, unlessMissing } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { ExternalApi, type ExternalCall } from './baseClients'
import {
  contentOf,
  ICM,
  type ImportParameters,
  type ImportState,
  importBody,
  importIdSchema,
  importStateIn,
  inventoriesSchema,
  tokenSchema,
  type Upload,
  uploadSchema,
} from './icmMessages'

export interface IcmAccess {
  /** `https://{host}`, or `https://{host}/INTERSHOP/rest/{WFS|BOS}`. */
  url: string
  /** `{site}`, or `{site}/{app}`. */
  site: string
  organization: string
  user: string
  password: string
}

/** `GET /inventories` takes as many SKUs. */
export const MOST_INVENTORIES = 100

const REST = '/INTERSHOP/rest/'
const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const INVENTORY_TYPE = 'application/vnd.intershop.inventory.v1+json'
/** A token is renewed so long before it expires, or after half of its time. */
const EARLY_MS = 90_000

/** By access, in memory only. */
const tokensOf = perAccount(() => new Map<string, { value: string; renewAt: number }>())

interface Call extends Omit<ExternalCall, 'url' | 'headers'> {
  /** Below the site's base, and the query. */
  path: string
  headers?: Record<string, string>
  expected: readonly number[]
  /** Called before a request that is not sent again where it may have taken effect; its error ends the call. */
  beforeSend?: () => Promise<void>
}

/** ICM's batch processes and inventories (ICM 11 and later). */
export class Icm extends ExternalApi {
  protected readonly limiter = limiterOf(this.context, 'icm')
  protected readonly metric = 'intershop-icm'
  protected readonly maxMegabytes = 8

  /** Gets a token, or renews it. */
  async logIn(access: IcmAccess): Promise<void> {
    await this.token(access)
  }

  async upload(access: IcmAccess, fileName: string, content: string): Promise<Upload> {
    const boundary = `stock-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`
    const field = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: application/xml\r\n\r\n${content}\r\n`
    const body = `${field('type', 'Product')}${field('fileType', 'XML')}${file}--${boundary}--\r\n`
    const type = `multipart/form-data; boundary=${boundary}`
    return this.call(access, uploadSchema, {
      method: 'POST',
      path: '/batchprocesses/uploads',
      headers: { 'Content-Type': type },
      body: Buffer.from(body, 'utf8'),
      expected: [200],
    })
  }

  /** Removes an uploaded file, if there is one. */
  async removeUpload(access: IcmAccess, key: string): Promise<void> {
    const path = `/batchprocesses/uploads/${encodeURIComponent(key)}`
    await this.call(access, z.unknown(), { method: 'DELETE', path, expected: [204, 200, 404] })
  }

  /** Starts an import in mode UPDATE, and returns its id. */
  async startImport(
    access: IcmAccess,
    fileName: string,
    parameters: ImportParameters,
    beforeSend: () => Promise<void>
  ): Promise<string> {
    return this.call(access, importIdSchema, {
      method: 'POST',
      path: '/batchprocesses/productimports',
      headers: { 'Content-Type': JSON_TYPE },
      body: JSON.stringify(importBody(fileName, parameters)),
      expected: [201],
      beforeSend,
    })
  }

  async importState(access: IcmAccess, id: string): Promise<ImportState> {
    const path = `/batchprocesses/productimports/${encodeURIComponent(id)}`
    const found = this.call(access, z.unknown(), { method: 'GET', path, expected: [200] })
    const state = found.then((content) => importStateIn(content, secretsOf(access)))
    return (await unlessMissing(state)) ?? { state: 'unknown' }
  }

  /** The stock of up to {@link MOST_INVENTORIES} SKUs. */
  async inventories(access: IcmAccess, skus: readonly string[]) {
    const query = skus.map((sku) => `sku=${encodeURIComponent(sku)}`).join('&')
    const { data } = await this.call(access, inventoriesSchema, {
      method: 'GET',
      path: `/inventories?${query}`,
      headers: { Accept: INVENTORY_TYPE },
      expected: [200],
    })
    return data
  }

  /** Makes a call with a token, and once more with a new one after a 401. */
  private async call<T>(access: IcmAccess, shape: z.ZodType<T>, call: Call): Promise<T> {
    const token = await this.token(access)
    const content = await this.callWith(access, token, call).catch(async (thrown: unknown) => {
      if (!(thrown instanceof UpstreamError) || thrown.status !== 401) throw thrown
      const tokens = tokensOf(this.context)
      const key = JSON.stringify(access)
      if (tokens.get(key)?.value === token) tokens.delete(key)
      return this.callWith(access, await this.token(access), call)
    })
    return parsed(ICM, shape, content)
  }

  private async callWith(access: IcmAccess, token: string, call: Call): Promise<unknown> {
    const { path, expected, beforeSend, ...request } = call
    const url = `${baseOf(access)}${path}`
    const headers = { Accept: JSON_TYPE, Authorization: `Bearer ${token}`, ...call.headers }
    const ask = async () => {
      await beforeSend?.()
      const answer = await this.ask({ ...request, url, headers })
      return contentOf(answer, expected, [...secretsOf(access), token])
    }
    return this.limiter.run(ask, undefined, beforeSend && isRefusal)
  }

  /** The token in memory while it is valid, else a new one. */
  private async token(access: IcmAccess): Promise<string> {
    const tokens = tokensOf(this.context)
    const key = JSON.stringify(access)
    const known = tokens.get(key)
    if (known && Date.now() < known.renewAt) return known.value
    const { organization, user, password } = access
    const basic = Buffer.from(`${user}:${password}`, 'utf8').toString('base64')
    const query = new URLSearchParams({ grant_type: 'client_credentials', organization })
    const site = access.site.split('/', 1)[0] ?? ''
    const url = `${new URL(access.url).origin}${REST}WFS/${site}/-/token`
    const headers = { Accept: JSON_TYPE, Authorization: `Basic ${basic}`, 'Content-Type': FORM }
    const { value, lifetimeMs } = await this.limiter.run(async () => {
      const answer = await this.ask({ method: 'POST', url, headers, body: query.toString() })
      return parsed(ICM, tokenSchema, contentOf(answer, [200], secretsOf(access)))
    })
    const renewAt = Date.now() + Math.max(lifetimeMs - EARLY_MS, lifetimeMs / 2)
    tokens.set(key, { value, renewAt })
    return value
  }
}

/** Whether a request certainly did not take effect. */
export const isRefusal = (thrown: unknown): boolean =>
  isOfKind(thrown, 'refused', 'missing', 'overloaded')

const secretsOf = ({ user, password }: IcmAccess) => [user, password].filter(Boolean)

function baseOf({ url, site }: IcmAccess): string {
  const { origin, pathname } = new URL(url)
  const group = pathname.startsWith(REST) ? pathname.slice(REST.length) : 'WFS'
  return `${origin}${REST}${group}/${site.includes('/') ? site : `${site}/-`}`
}
