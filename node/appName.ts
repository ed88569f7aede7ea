/** Vendor and name of this app, without its version: "vendor.name". */
export const appName = (): string => (process.env.VTEX_APP_ID ?? '').split('@')[0] ?? ''
