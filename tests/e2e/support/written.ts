import { readdir, readFile } from 'fs/promises'
import { join, relative } from 'path'
import { gunzipSync } from 'zlib'

/** A file below a directory, with what it says. */
export interface Written {
  path: string
  text: string
}

/**
 * The files in a directory and all below it: documents of VBase, events, Intershop's drop, the log.
 * @param wanted by their names
 */
export async function writtenIn(
  directory: string,
  wanted: (name: string) => boolean
): Promise<Written[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile() && wanted(entry.name))
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name)
      // The others go on working meanwhile.
      const content = await readFile(path).catch(() => undefined)
      return content && { path: relative(directory, path), text: textOf(content) }
    })
  )
  return found.filter((file) => file !== undefined)
}

/** A document in VBase is a line of its own and then a body as it was sent, which may be packed. */
function textOf(content: Buffer): string {
  const body = content.subarray(content.indexOf('\n') + 1)
  const isPacked = body[0] === 0x1f && body[1] === 0x8b
  return content.toString('latin1') + (isPacked ? gunzipSync(body).toString('latin1') : '')
}
