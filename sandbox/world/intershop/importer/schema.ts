import { nameOf, type XmlElement } from './elements'
import { Rejected } from './rejected'

/** The namespaces of ICM's catalog impex (catalog.xsd, dt.xsd). */
const IMPEX = 'http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex'
const DATA_TYPES = 'http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt'
const SCHEMA_INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance'

/** Prefix of its names. */
const IMPEX_BRACES = nameOf(IMPEX, '')
export const DATA_TYPE = nameOf(DATA_TYPES, 'dt')
const LANGUAGE = nameOf('http://www.w3.org/XML/1998/namespace', 'lang')

/** Constraint of a value: a pattern, or a maximum number of characters. */
type Value = RegExp | number

const BOOLEAN = /^[01]$/
const UUID = /^[A-Za-z0-9_.]{24}$/
const DATE_TIME = /^\d{4}-?\d\d-?\d\d(T\d\d:?\d\d(:?\d\d)?(Z|[+-]\d\d(:?\d\d)?)?)?$/
const IMPORT_MODE = /^(OMIT|IGNORE|INITIAL|DELETE|REPLACE|UPDATE)$/
const TYPE = /^(int|double|string|long|boolean|date|decimal|money|quantity|text)$/

/** A complex type of the schema. */
interface Type {
  attributes: Record<string, Value>
  required?: readonly string[]
  children?: Record<string, Type>
  /** Constraint of its text; absent: no text. */
  text?: Value
}

const simple = (text: Value): Type => ({ attributes: {}, text })

const customAttribute: Type = {
  attributes: {
    name: 256,
    'import-mode': /^(REPLACE|UPDATE)$/,
    [DATA_TYPE]: TYPE,
    [LANGUAGE]: Number.POSITIVE_INFINITY,
  },
  required: ['name'],
  text: Number.POSITIVE_INFINITY,
}

/**
 * catalog.xsd: the part of complexType.Product that a stock file uses. Other elements (prices, links, pictures) are
 * rejected.
 */
const OFFER: Type = {
  attributes: { refid: UUID, 'import-mode': IMPORT_MODE, name: 256, sku: 256 },
  children: {
    available: simple(BOOLEAN),
    'availability-status': simple(BOOLEAN),
    online: simple(BOOLEAN),
    'derive-dates': simple(BOOLEAN),
    sku: simple(256),
    template: simple(256),
    'type-code': simple(/^\s*[+-]?\d+\s*$/),
    'valid-from': simple(DATE_TIME),
    'valid-to': simple(DATE_TIME),
    'last-order-date': simple(DATE_TIME),
    'end-of-life': simple(DATE_TIME),
    uuid: simple(UUID),
    supplier: {
      attributes: {},
      children: { 'supplier-name': simple(256), 'supplier-sku': simple(256) },
    },
    'custom-attributes': { attributes: {}, children: { 'custom-attribute': customAttribute } },
  },
}

const ROOT: Type = {
  attributes: {
    major: /^\d$/,
    minor: /^\d$/,
    family: /^enfinity$/,
    branch: /^enterprise$/,
    build: Number.POSITIVE_INFINITY,
  },
  children: { offer: OFFER },
}

/** Elements that may occur more than once. */
const MANY = new Set(['offer', 'custom-attribute'])

/**
 * Validates a document against the catalog impex schema for stock files.
 * @throws {Rejected} with the element and the reason
 */
export function checkSchema(root: XmlElement): void {
  if (root.name !== nameOf(IMPEX, 'enfinity')) {
    throw new Rejected(`the root element must be <enfinity> of ${IMPEX}, not ${root.name}`)
  }
  check(root, 'enfinity', ROOT)
}

function check(element: XmlElement, place: string, type: Type): void {
  checkAttributes(element, place, type)
  checkText(element, place, type)
  const seen = new Set<string>()
  for (const child of element.children) {
    const local = shortName(child.name)
    const known = type.children?.[local]
    // Names of another namespace, or of none, are not in the schema.
    if (known === undefined || !child.name.startsWith(IMPEX_BRACES)) {
      throw new Rejected(`${place}: <${local}> is not expected here`)
    }
    if (seen.has(local) && !MANY.has(local)) {
      throw new Rejected(`${place}: <${local}> comes more than once`)
    }
    seen.add(local)
    check(child, placeOf(place, local, child), known)
  }
}

function checkAttributes({ attributes }: XmlElement, place: string, type: Type): void {
  for (const [name, value] of attributes) {
    if (name.startsWith(`{${SCHEMA_INSTANCE}}`)) continue
    const expected = type.attributes[name]
    if (expected === undefined) {
      throw new Rejected(`${place}: the attribute ${shortName(name)} is not expected here`)
    }
    if (!fits(value, expected)) {
      throw new Rejected(`${place}: ${shortName(name)} must be ${wordsFor(expected)}`)
    }
  }
  for (const name of type.required ?? []) {
    if (!attributes.has(name)) throw new Rejected(`${place}: the attribute ${name} is missing`)
  }
}

function checkText({ text }: XmlElement, place: string, type: Type): void {
  if (type.text === undefined && text.trim() !== '') {
    throw new Rejected(`${place}: text is not expected here`)
  }
  if (type.text !== undefined && !fits(text, type.text)) {
    throw new Rejected(`${place} must be ${wordsFor(type.text)}`)
  }
}

/** XML Schema counts characters, not UTF-16 units. */
const fits = (value: string, expected: Value): boolean =>
  typeof expected === 'number' ? [...value].length <= expected : expected.test(value)

function wordsFor(expected: Value): string {
  if (typeof expected === 'number') return `at most ${expected} characters long`
  return expected === BOOLEAN ? '0 or 1' : `of the form ${expected.source}`
}

function shortName(name: string): string {
  if (name.startsWith(IMPEX_BRACES)) return name.slice(IMPEX_BRACES.length)
  return name === DATA_TYPE ? 'dt:dt' : name
}

const placeOf = (place: string, local: string, { attributes }: XmlElement): string => {
  if (local === 'offer') return `offer ${attributes.get('sku')?.slice(0, 80) ?? '(no sku)'}`
  return `${place}: ${local === 'custom-attribute' ? (attributes.get('name') ?? local) : `<${local}>`}`
}
