import { z } from 'zod'

/** The six routes that start an export. */
export const ROUTES = ['update', 'export', 'start', 'seller', 'time', 'sellerTime'] as const

/** What an export selects. Minutes count back from when it was accepted. */
const scopeSchema = z.object({
  startId: z.number().int().nonnegative().optional(),
  sellerId: z.string().optional(),
  minutes: z.number().int().positive().optional(),
})

export type Scope = z.infer<typeof scopeSchema>

/** An accepted request, saved before its response was sent. */
export const requestSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  route: z.enum(ROUTES),
  scope: scopeSchema,
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
})

export type ExportRequest = z.infer<typeof requestSchema>

/** Updates and windows overtake full exports: they are small, and their users wait for them. */
export const isSmall = ({ route }: ExportRequest) =>
  route === 'update' || route === 'time' || route === 'sellerTime'

/** Whether a request selects all offers, unless its plan reads changed SKUs only. */
export const readsAll = ({ route }: ExportRequest) => route === 'export' || route === 'update'

/** Whether the same export answers both requests. */
export const isIdentical = (a: ExportRequest, b: ExportRequest) =>
  a.route === b.route &&
  a.dry === b.dry &&
  a.force === b.force &&
  a.verify === b.verify &&
  a.scope.startId === b.scope.startId &&
  a.scope.sellerId === b.scope.sellerId &&
  a.scope.minutes === b.scope.minutes
