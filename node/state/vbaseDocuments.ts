import type { VBase } from '@vtex/api'
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import { z } from 'zod'
import { isTemporary, toUpstreamError, UpstreamError, unlessMissing } from '../common/upstreamError'
import { type Documents, type Folder, StateError, UnreadableDocumentError } from './documents'

const LIST_PAGE = 1000

/** 412: the document has another version than the one to overwrite. */
const isConflict = (thrown: unknown) => thrown instanceof UpstreamError && thrown.status === 412

/** Every write may be repeated, since a document's name determines its content. */
const retries = retry(
  handleWhen((thrown) => isTemporary(thrown) && !isConflict(thrown)),
  {
    maxAttempts: 3,
    backoff: new ExponentialBackoff({ initialDelay: 150, maxDelay: 2_000 }),
  }
)

const rethrow = (thrown: unknown) => {
  throw toUpstreamError('VBase', thrown)
}

const attempt = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await retries.execute(() => call().catch(rethrow))
  } catch (thrown) {
    if (isConflict(thrown)) throw thrown
    if (thrown instanceof NotJsonError) throw new UnreadableDocumentError(thrown.message)
    throw new StateError(thrown instanceof Error ? thrown.message : 'VBase: no answer')
  }
}

/** Of a proxy on the way, or for ever of a broken document. */
class NotJsonError extends UpstreamError {
  constructor() {
    super('VBase', 'down', 'malformed answer')
  }
}

/** A response that is not JSON arrives as text. */
const requireJson = <T>(answer: T): T => {
  if (typeof answer !== 'string') return answer
  throw new NotJsonError()
}

/** VBase documents no response to a write; an HTML page comes from a proxy, and nothing was saved. */
const rejectHtml = (answer: unknown) => {
  if (typeof answer === 'string' && answer.trimStart().startsWith('<')) requireJson(answer)
}

export function vbaseDocuments(vbase: VBase): Documents {
  return {
    save: async (folder, name, document) => {
      await attempt(() => vbase.saveJSON(folder, name, document).then(rejectHtml))
    },
    read: (folder, name) =>
      attempt(() => vbase.getJSON<unknown>(folder, name, true).then(requireJson)),
    list: (folder, prefix, most) => list(vbase, folder, prefix, most),
    remove: async (folder, name) => {
      await attempt(() => unlessMissing(vbase.deleteFile(folder, name).catch(rethrow)))
    },
    readTagged: async (folder, name) => {
      const answer = await attempt(() => vbase.getRawJSON<unknown>(folder, name, true))
      const tag: unknown = answer.headers?.etag
      return { document: answer.data, ...(typeof tag === 'string' && { tag }) }
    },
    saveOver: async (folder, name, document, tag) => {
      try {
        await attempt(() => vbase.saveJSON(folder, name, document, undefined, tag).then(rejectHtml))
        return true
      } catch (thrown) {
        if (thrown instanceof UpstreamError) return false
        throw thrown
      }
    },
  }
}

const listing = z.object({
  data: z.array(z.object({ path: z.string() })),
  next: z.string().nullish(),
})

/** One page of a listing. A folder that was never written may be missing: it counts as empty. */
async function listPage(vbase: VBase, folder: Folder, prefix: string, next: string | undefined) {
  const options = { prefix, limit: LIST_PAGE, ...(next && { next }) }
  const answer = vbase.listFiles(folder, options).catch(rethrow)
  const page = await unlessMissing(answer.then((content) => listing.safeParse(content)))
  if (page === undefined) return { data: [], next: undefined }
  if (page.success) return page.data
  throw new UpstreamError('VBase', 'down', 'malformed listing')
}

async function list(
  vbase: VBase,
  folder: Folder,
  prefix = '',
  most = Number.POSITIVE_INFINITY
): Promise<string[]> {
  const names: string[] = []
  const markers = new Set<string>()
  for (let next: string | undefined; ; ) {
    const page = await attempt(() => listPage(vbase, folder, prefix, next))
    for (const { path } of page.data) names.push(path)
    if (!page.next || page.next === next || names.length >= most) {
      return names
        .filter((name) => name.startsWith(prefix))
        .sort()
        .slice(0, most)
    }
    next = page.next
    if (markers.has(next)) {
      const pages = markers.size + 1
      throw new StateError(`VBase: the listing of ${folder} leads back to a page of its ${pages}`)
    }
    markers.add(next)
  }
}
