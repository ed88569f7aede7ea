import { z } from 'zod'
import { httpError, malformed, refusal } from './errors'
import { pageOf } from './parameters'
import { readRow, type StockRow, type UnreadableRow } from './row'
import { readXml } from './xml'

/** A page of Centra's stock. */
export interface StockPage {
  rows: Array<StockRow | UnreadableRow>
  /** The pages after and before, by their query: `?limit=2&page=3`. */
  next?: string | undefined
  previous?: string | undefined
  /** Fields that the app does not use, of which some value is of another type than documented. */
  unexpected?: string[] | undefined
}

/** An answer that nobody looked at yet. */
export interface HttpAnswer {
  status: number
  headers: Record<string, unknown>
  body: string
}

/** Centra: not there on a single page. */
const link = z
  .union([z.string(), z.literal(false)], { error: 'expected text' })
  .nullish()
  .transform((given, context) => {
    const page = given ? pageOf(given) : undefined
    if (given && page === undefined) context.addIssue('expected a query, such as ?limit=2&page=3')
    return page
  })

const stockPage = z
  .object({
    /** Centra: not there where there are none. */
    products: z.array(z.unknown(), { error: 'expected a list' }).default([]),
    next: link,
    previous: link,
  })
  .transform(({ products, ...links }): StockPage => {
    const unexpected = new Set<string>()
    const rows = products.map((product, index) => readRow(product, index, unexpected))
    return { rows, ...links, ...(unexpected.size > 0 && { unexpected: [...unexpected].sort() }) }
  })

/**
 * The page of stock in an answer.
 * @param secrets not to be repeated where the answer repeats them
 * @param now UTC milliseconds
 * @throws {UpstreamError}
 */
export function stockPageOf(
  answer: HttpAnswer,
  secrets: readonly string[],
  now: number
): StockPage {
  const content = contentOf(answer.body)
  if (answer.status !== 200) throw httpError(answer, content, secrets, now)
  if (!content)
    throw malformed('the answer is neither JSON nor XML as Centra sends it, or breaks off')
  if (!('status' in content) || content.status !== 'ok') throw refusal(content, 200, secrets)
  const parsed = stockPage.safeParse(content)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw malformed(`${issue?.path.join('.')}: ${issue?.message}`)
}

/** XML begins with <, and JSON never does: what was asked for and what the headers say need not be known. */
function contentOf(body: string): object | undefined {
  const text = body.trimStart()
  const content = text.startsWith('<') ? readXml(text) : readJson(text)
  return typeof content === 'object' && content !== null ? content : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
