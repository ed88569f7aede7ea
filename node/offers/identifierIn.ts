import { templateFor } from './identity'

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/**
 * The identifier, trimmed, that a SKU would have, were a seller's offer of it called so: the template read backwards.
 * @param template the setting `offerSku`; empty means its default
 * @returns undefined where no offer of this seller can be called so
 */
export function identifierIn(
  offerSku: string,
  sellerId: string,
  template: string
): string | undefined {
  const [first = '', ...others] = templateFor(template, sellerId)
    .split('{sku}')
    .map((text) => text.split('{sellerId}').map(literally).join(literally(sellerId)))
  return new RegExp(`^${first}(.+?)${others.join('\\1')}$`, 'su').exec(offerSku)?.[1]
}
