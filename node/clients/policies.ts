/**
 * The resources of VTEX's License Manager that the app's calls need, by the policy of manifest.json that grants
 * each.
 */
export const RESOURCES = {
  'Sku.aspx': 'SKUs',
  ViewProduct: 'View Product',
  LogisticsViewer: 'Logistics viewer',
  'view-seller': 'View Seller',
} as const

export type Policy = keyof typeof RESOURCES

/** What a call that VTEX refuses with 403 needs, in words. */
export function needOf(policies: readonly Policy[]): string {
  const which = policies.length === 1 ? 'policy' : 'policies'
  const resources = policies.map((policy) => RESOURCES[policy]).join(', ')
  return `the app's manifest needs the ${which} ${policies.join(' and ')} (License Manager: ${resources})`
}
