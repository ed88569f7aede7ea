/** A part of a multipart body. */
interface Part {
  fileName?: string
  content: string
}

/**
 * Reads a multipart/form-data body: its parts by their names. Undefined if it is not one, strictly: each part begins
 * with the boundary and a blank line ends its headers.
 */
export function readFormData(type: string, body: Buffer): Map<string, Part> | undefined {
  const boundary = /^multipart\/form-data; boundary=([\w-]{1,70})$/.exec(type)?.[1]
  if (boundary === undefined) return undefined
  const [before, ...sections] = body.toString('utf8').split(`--${boundary}`)
  if (before !== '' || sections.pop() !== '--\r\n') return undefined
  const parts = new Map<string, Part>()
  for (const section of sections) {
    const [, headers = '', content] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(section) ?? []
    const name = /^Content-Disposition: form-data; name="([^"]+)"/m.exec(headers)?.[1]
    const fileName = /; filename="([^"]+)"/.exec(headers)?.[1]
    if (name === undefined || content === undefined) return undefined
    parts.set(name, { ...(fileName !== undefined && { fileName }), content })
  }
  return parts
}
