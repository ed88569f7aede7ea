interface NameSettings {
  offerSku: string
  /** Empty: all. */
  sellers: readonly string[]
}

/** Why a template would give offers of several sellers one name in Intershop. The default one tells them apart. */
export function sharedBySellers({ offerSku, sellers }: NameSettings): string[] {
  const count = new Set(sellers).size
  if (offerSku === '' || offerSku.includes('{sellerId}') || count === 1) return []
  const exported = count === 0 ? 'all sellers are exported' : `${count} sellers are exported`
  return [
    `offerSku: expected a template with {sellerId} too, such as {sku}_{sellerId}, since ${exported}, ` +
      'and their offers of a SKU would be one offer in Intershop; or one seller alone in sellers',
  ]
}
