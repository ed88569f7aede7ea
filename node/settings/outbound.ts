// Written by `npm run settings` from the policies of manifest.json.

/** The hosts and paths that VTEX lets the app call. */
export const OUTBOUND: ReadonlyArray<{ host: string; path: string }> = [
  { host: 'portal.vtexcommercestable.com.br', path: '/api/*' },
  { host: '*.centra.com', path: '/api/*' },
  { host: '*.intershop.de', path: '/INTERSHOP/*' },
  { host: 'mailservice.vtex.com.br', path: '/api/mail-service/pvt/sendmail' },
]
