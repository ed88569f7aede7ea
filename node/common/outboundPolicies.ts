// Written by `npm run settings` from manifest.json.
export const OUTBOUND_ACCESS = [
  { host: 'portal.vtexcommercestable.com.br', path: '/api/*' },
  { host: '*.centra.com', path: '/api/*' },
  { host: 'mailservice.vtex.com.br', path: '/api/mail-service/pvt/sendmail' },
] as const
