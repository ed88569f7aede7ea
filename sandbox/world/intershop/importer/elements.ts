import { type SaxesAttributeNS, SaxesParser } from 'saxes'
import { Rejected } from './rejected'

/** An XML element with its names resolved. */
export interface XmlElement {
  /** `{namespace}local`, or `local` without a namespace. */
  name: string
  /** By `{namespace}local` or `local`, without namespace declarations. */
  attributes: Map<string, string>
  children: XmlElement[]
  /** Its text without that of its children. */
  text: string
}

const NAMESPACE_DECLARATIONS = 'http://www.w3.org/2000/xmlns/'

/**
 * Parses an XML document with namespaces.
 * @throws {Rejected} if it is not well-formed, with the line
 */
export function readDocument(xml: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true })
  const document: XmlElement = { name: '', attributes: new Map(), children: [], text: '' }
  const open = [document]
  const current = () => open[open.length - 1] ?? document
  const append = (text: string) => {
    current().text += text
  }
  parser.on('error', ({ message }) => {
    throw new Rejected(`malformed XML, line ${message}`)
  })
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && encoding.toUpperCase() !== 'UTF-8') {
      throw new Rejected(`the encoding must be UTF-8, not ${encoding}`)
    }
  })
  parser.on('opentag', ({ uri, local, attributes }) => {
    const named = { name: nameOf(uri, local), attributes: attributesOf(Object.values(attributes)) }
    const element: XmlElement = { ...named, children: [], text: '' }
    current().children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => open.pop())
  parser.on('text', append)
  parser.on('cdata', append)
  parser.write(xml).close()
  const [root] = document.children
  if (!root) throw new Rejected('malformed XML: there is no root element')
  return root
}

export const nameOf = (namespace: string, local: string) =>
  namespace === '' ? local : `{${namespace}}${local}`

const attributesOf = (attributes: readonly SaxesAttributeNS[]): XmlElement['attributes'] =>
  new Map(
    attributes
      .filter(({ uri }) => uri !== NAMESPACE_DECLARATIONS)
      .map(({ uri, local, value }) => [nameOf(uri, local), value])
  )
