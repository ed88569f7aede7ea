/** What a view builds: elements, and text that is only ever set as text, so that no data becomes markup. */
export type Child = Node | string | number | false | null | undefined | readonly Child[]

type Handler = (event: Event) => void
/** Attributes; `on...` sets a handler as a property, which a strict Content Security Policy allows. */
export type Props = Readonly<Record<string, string | number | boolean | Handler | null | undefined>>

const HANDLERS = ['onclick', 'onsubmit', 'onchange', 'oninput'] as const
type HandlerName = (typeof HANDLERS)[number]
const isHandler = (name: string): name is HandlerName => HANDLERS.some((each) => each === name)

function fill<T extends HTMLElement | SVGElement>(element: T, props: Props, children: Child): T {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function') {
      if (!isHandler(name)) throw new TypeError(`no handler ${name}`)
      element[name] = value
    } else element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

function append(parent: Element, child: Child): void {
  if (Array.isArray(child)) for (const each of child) append(parent, each)
  else if (child instanceof Node) parent.append(child)
  else if (typeof child === 'string' || typeof child === 'number') parent.append(String(child))
}

/** An HTML element. */
export const h = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
) => fill(document.createElement(tag), props, children)

/** An SVG element. */
export const s = <K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
) => fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children)

const keyOf = (node: Node) => (node instanceof Element ? node.getAttribute('data-key') : null)

/**
 * Changes `live` to look like `next`, in place: what has the focus, is scrolled, typed in or unfolded stays so. Elements
 * of another `data-key` are replaced.
 */
export function patch(live: Node, next: Node): void {
  if (live.nodeName !== next.nodeName || keyOf(live) !== keyOf(next)) {
    live.parentNode?.replaceChild(next, live)
  } else if (live instanceof Element && next instanceof Element) {
    patchAttributes(live, next)
    patchChildren(live, next)
  } else if (live.nodeValue !== next.nodeValue) live.nodeValue = next.nodeValue
}

function patchAttributes(live: Element, next: Element): void {
  for (const { name } of [...live.attributes]) {
    if (name !== 'open' && !next.hasAttribute(name)) live.removeAttribute(name)
  }
  for (const { name, value } of next.attributes) {
    if (live.getAttribute(name) !== value) live.setAttribute(name, value)
  }
  if (live instanceof HTMLElement && next instanceof HTMLElement) {
    for (const name of HANDLERS) Object.assign(live, { [name]: next[name] })
  }
  // The view knows what is checked; the attribute says nothing once the user has clicked.
  if (live instanceof HTMLInputElement && next instanceof HTMLInputElement) {
    live.checked = next.checked
  }
}

function patchChildren(live: Element, next: Element): void {
  const [before, after] = [[...live.childNodes], [...next.childNodes]]
  after.forEach((child, index) => {
    const existing = before[index]
    if (existing) patch(existing, child)
    else live.append(child)
  })
  for (const surplus of before.slice(after.length)) surplus.remove()
}
