/** How the parameters of an import are written: ICM's published example is a map, its schema a list of attributes. */
export const PARAMETER_STYLES = ['flat', 'attributes'] as const

/** What an import is told. */
export interface ImportParameters {
  unit: string
  domain: string
  locale: string
  style: (typeof PARAMETER_STYLES)[number]
}

/** The body that starts an import of a file in mode UPDATE. */
export function importBody(
  fileName: string,
  { unit, domain, locale, style }: ImportParameters
): Record<string, unknown> {
  const map = {
    filename: fileName,
    mode: 'UPDATE',
    unitname: unit,
    targetdomainname: domain,
    locale,
  }
  if (style === 'flat') return map
  return { attributes: Object.entries(map).map(([name, value]) => ({ name, value })) }
}
