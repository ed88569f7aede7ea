import { createHash } from 'crypto'

/**
 * Name of a file in Intershop's drop. Intershop imports in order of names, so what sorts is the moment
 * of observation: a later observation is imported later. The end is a hash of the content, so the same
 * name always means the same file.
 * @param stamp when the reading began, as text that sorts by time
 * @param number of the file within its part, from 1
 */
export function fileName(prefix: string, stamp: string, number: number, content: string): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return `${prefix}-${stamp}-${String(number).padStart(4, '0')}-${hash}.xml`
}
