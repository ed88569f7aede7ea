import { appendJsonLine, readJsonLines } from '../json-lines'
import type { Made } from './changes'
import type { Company } from './company'

/**
 * Keeps the company's changes and their times over a restart: replays those in the file and appends each new one (JSON
 * lines).
 */
export function persistCompany(company: Company, file: string): void {
  for (const { at, ...mutation } of readJsonLines<Made>(file)) company.make(mutation, at)
  company.recordTo((made) => appendJsonLine(file, made))
}
