import { OUTBOUND_ACCESS } from './outboundPolicies'

const matches = (pattern: string, text: string) => {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(text)
}

/** Whether VTEX lets the app reach an address: a setting cannot open a host that the manifest does not declare. */
export const isDeclared = ({ hostname, pathname }: URL): boolean =>
  OUTBOUND_ACCESS.some(({ host, path }) => matches(host, hostname) && matches(path, pathname))

/** The declared hosts, for messages. */
export const declaredHosts = (): string => OUTBOUND_ACCESS.map(({ host }) => host).join(', ')
