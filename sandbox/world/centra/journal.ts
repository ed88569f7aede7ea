import { appendJsonLine, readJsonLines } from '../json-lines'
import type { Made } from './changes'
import type { Company } from './company'

/**
 * Makes the company's changes survive a restart, with their moments: makes those of the file again, and appends
 * each later one to it, a JSON line each.
 */
export function persistCompany(company: Company, file: string): void {
  for (const { at, ...mutation } of readJsonLines<Made>(file)) company.make(mutation, at)
  company.recordTo((made) => appendJsonLine(file, made))
}
