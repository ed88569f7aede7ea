import { z } from 'zod'

/** The six ways to ask for an export, by their routes. */
export const ROUTES = ['update', 'export', 'start', 'seller', 'time', 'sellerTime'] as const

/** What an export selects. Minutes count back from the moment it was accepted. */
export const scopeSchema = z.object({
  startId: z.number().int().nonnegative().optional(),
  sellerId: z.string().optional(),
  minutes: z.number().int().positive().optional(),
})

export type Scope = z.infer<typeof scopeSchema>

/** An accepted request, as saved before its answer went out. */
export const requestSchema = z.object({
  v: z.literal(1),
  exportId: z.string(),
  route: z.enum(ROUTES),
  scope: scopeSchema,
  /** UTC milliseconds. */
  acceptedAt: z.number(),
  /** Nothing is delivered, and later exports go by nothing of it: it was asked for, or the workspace may not. */
  dry: z.boolean(),
  /** A dry run was asked for. Not said by requests of earlier versions, nor is `force`. */
  dryRun: z.boolean().default(false),
  /** What guards hold back is to be sent. */
  force: z.boolean().default(false),
})

export type ExportRequest = z.infer<typeof requestSchema>

/** Updates and windows overtake exports of everything: they are small and somebody waits for them. */
export const isSmall = ({ route }: ExportRequest) =>
  route === 'update' || route === 'time' || route === 'sellerTime'

/** Whether a request, where it is not narrowed to changes, is for all offers there are. */
export const readsAll = ({ route }: ExportRequest) => route === 'export' || route === 'update'

/** Requests that are answered by the same work. */
export const isIdentical = (a: ExportRequest, b: ExportRequest) =>
  a.route === b.route &&
  a.dry === b.dry &&
  a.force === b.force &&
  a.scope.startId === b.scope.startId &&
  a.scope.sellerId === b.scope.sellerId &&
  a.scope.minutes === b.scope.minutes
