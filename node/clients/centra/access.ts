/** How Centra wants to see the token: older installations take `Authorization: Bearer`. */
export const CENTRA_AUTHS = ['api-authorization', 'bearer'] as const

/** Where an Order API plugin of Centra is, and what opens it. */
export interface CentraAccess {
  /** `https://{client}.centra.com/api/{plugin}`, with no slash at its end. */
  url: string
  token: string
  auth: (typeof CENTRA_AUTHS)[number]
}
