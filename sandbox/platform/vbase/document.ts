import { createHash } from 'node:crypto'

/** A file of VBase with its HTTP metadata. */
export interface VBaseDocument {
  path: string
  contentType: string
  /** Set if the body was sent, and is stored, compressed. */
  contentEncoding?: string
  body: Buffer
  /** A hash of the body, without quotes. */
  hash: string
}

/** A file's metadata without its body. */
export type DocumentHead = Omit<VBaseDocument, 'body'>

const MAX_NAME = 180

/** Creates a document from a request. */
export function createDocument(
  head: Pick<VBaseDocument, 'path' | 'contentType' | 'contentEncoding'>,
  body: Buffer
): VBaseDocument {
  return { ...head, body, hash: createHash('sha256').update(body).digest('hex').slice(0, 32) }
}

/** The content of the file on disk: a JSON line with the head, then the body. */
export function encodeDocument({ body, ...head }: VBaseDocument): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body])
}

export function decodeDocument(content: Buffer): VBaseDocument {
  const end = content.indexOf('\n')
  return { ...decodeHead(content), body: content.subarray(end + 1) }
}

/** Decodes the head from a file's first line. */
export function decodeHead(content: Buffer): DocumentHead {
  return JSON.parse(content.toString('utf8', 0, content.indexOf('\n')))
}

/**
 * The file name on disk for a path: readable, unique also on case-insensitive disks, and never `.`, `..` or too long.
 */
export function diskName(path: string): string {
  const readable = Buffer.from(path)
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (character) => `%${hex(character)}`)
  if (readable.length <= MAX_NAME) {
    return readable
  }
  return `${readable.slice(0, 100)}~${createHash('sha256').update(path).digest('hex')}`
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0')
}
