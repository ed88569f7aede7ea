import { createHash } from 'node:crypto'

/** A file of VBase with what its answers need. */
export interface VBaseDocument {
  path: string
  contentType: string
  /** Set when the body was sent compressed, and kept so. */
  contentEncoding?: string
  body: Buffer
  /** A hash of the body, without quotes. */
  hash: string
}

/** What VBase knows of a file without its body. */
export type DocumentHead = Omit<VBaseDocument, 'body'>

const MAX_NAME = 180

/** A document from what a request carries. */
export function createDocument(
  head: Pick<VBaseDocument, 'path' | 'contentType' | 'contentEncoding'>,
  body: Buffer
): VBaseDocument {
  return { ...head, body, hash: createHash('sha256').update(body).digest('hex').slice(0, 32) }
}

/** One file on disk: a line of JSON with the head, and the body as it was sent. */
export function encodeDocument({ body, ...head }: VBaseDocument): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body])
}

export function decodeDocument(content: Buffer): VBaseDocument {
  const end = content.indexOf('\n')
  return { ...decodeHead(content), body: content.subarray(end + 1) }
}

/** The head alone, from at least its first line. */
export function decodeHead(content: Buffer): DocumentHead {
  return JSON.parse(content.toString('utf8', 0, content.indexOf('\n')))
}

/**
 * A name on disk for any path: readable, different for different paths also where the disk takes `A`
 * for `a`, and never `.`, `..` or too long.
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
