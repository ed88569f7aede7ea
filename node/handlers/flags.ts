import type { ExportRequest } from '../exports/scope'
import { badRequest } from '../middlewares/httpError'

/** What a route's query may ask for. */
export type Flags = Pick<ExportRequest, 'dryRun' | 'force'>

function flag(name: keyof Flags, query: URLSearchParams): boolean {
  const [given = 'false', ...more] = query.getAll(name)
  if (more.length === 0 && (given === 'true' || given === 'false')) return given === 'true'
  throw badRequest(`invalid_${name}`, `${name}: expected true or false, once`)
}

/**
 * The flags that a query sets. Whatever else it says is ignored.
 * @param query as it came, without the question mark
 * @throws {HttpError} 400, naming the flag and what was expected
 */
export function flagsOf(query: string): Flags {
  const given = new URLSearchParams(query)
  return { dryRun: flag('dryRun', given), force: flag('force', given) }
}
