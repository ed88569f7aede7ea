import { z } from 'zod'

const milliseconds = z.number().nonnegative()

/** What VTEX does not document of VBase, to be set as hostile as a test wants it; read at each call. */
export const vbaseBehaviourSchema = z.strictObject({
  /** `If-Match` has no effect. */
  ignoreIfMatch: z.boolean(),
  /** Reads and listings may show any state of the last so many milliseconds; 0 is never. */
  staleReads: milliseconds,
  staleListings: milliseconds,
  /** Names in one page of a listing when `limit` says nothing, and at most. */
  pageSize: z.int().positive(),
  /** The answer to the deletion of a file that is not there. */
  missingDelete: z.literal([204, 404]),
})

export type VBaseBehaviour = z.infer<typeof vbaseBehaviourSchema>

export const DEFAULT_VBASE_BEHAVIOUR: Readonly<VBaseBehaviour> = {
  ignoreIfMatch: false,
  staleReads: 0,
  staleListings: 0,
  pageSize: 1_000,
  missingDelete: 404,
}
