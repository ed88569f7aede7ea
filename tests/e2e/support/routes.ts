/** The six routes of the contract, below `STOCK`, as anybody may call them in a seeded account. */
export const ROUTES = [
  'update',
  'export',
  'export/start/1',
  'export/seller/1',
  'export/time/60',
  'export/seller/1/time/60',
] as const
