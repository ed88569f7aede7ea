import { equals } from 'ramda'
import { z } from 'zod'
import { ROUTES, scope, TRIGGERS } from './exportAnswers'

export type Scope = z.infer<typeof scope>

/** An accepted request, saved before its response was sent. */
export const requestSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  route: z.enum(ROUTES),
  scope,
  /** UTC milliseconds. */
  acceptedAt: z.number(),
  /** Publishes nothing and changes no checkpoint: requested so, or the workspace may not publish. */
  dry: z.boolean(),
  /** A dry run was requested. Requests of earlier versions have neither this nor `force`. */
  dryRun: z.boolean().default(false),
  /** Sends what the zero guard would hold back. */
  force: z.boolean().default(false),
  /** Reads back a sample at its end. */
  verify: z.literal(true).optional(),
  /** Absent: by a client of the API. */
  trigger: z.enum(TRIGGERS).optional(),
})

export type ExportRequest = z.infer<typeof requestSchema>

const MINUTE_MS = 60_000

/** When the window of an export begins, UTC milliseconds; undefined without minutes. */
export const windowOf = ({ acceptedAt, scope: { minutes } }: ExportRequest): number | undefined =>
  minutes === undefined ? undefined : acceptedAt - minutes * MINUTE_MS

/** Updates and windows overtake full exports: they are small, and their users wait for them. */
export const isSmall = ({ route }: ExportRequest) =>
  route !== 'export' && route !== 'start' && route !== 'seller'

/** Whether a request selects all offers, unless its plan reads changed SKUs only. */
export const readsAll = ({ route }: ExportRequest) => route === 'export' || route === 'update'

/** Whether the same export answers both requests. */
export const isIdentical = (a: ExportRequest, b: ExportRequest) =>
  a.route === b.route &&
  a.dry === b.dry &&
  a.force === b.force &&
  a.verify === b.verify &&
  equals(a.scope, b.scope)

/** Whether a request concerns held offers only. */
export const isOfHeld = ({ route }: Pick<ExportRequest, 'route'>) =>
  route === 'release' || route === 'dismiss'

/** Whether the zero guard holds nothing back. */
export const holdsNothing = ({ force, route }: ExportRequest) => force || route === 'release'

/** Whether a request concerns an offer, if it is held. */
export const isOfScope = (
  { scope: { sellers, skus } }: Pick<ExportRequest, 'scope'>,
  skuId: number,
  sellerId: string
) => (sellers?.includes(sellerId) ?? true) && (skus?.includes(skuId) ?? true)
