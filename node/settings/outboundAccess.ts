import { OUTBOUND } from './outbound'

/** VTEX IO: `*` stands for any characters. */
const matches = (wanted: string, text: string) =>
  new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`, 'i').test(text)

const escaped = (text: string) => text.replace(/[^\w]/g, '\\$&')

/** Whether VTEX lets the app reach an address: a setting cannot open a host that the manifest does not declare. */
export const isDeclared = ({ hostname, pathname }: URL): boolean =>
  OUTBOUND.some(({ host, path }) => matches(host, hostname) && matches(path, pathname))

/** The declared hosts, for messages. */
export const declaredHosts = (): string => OUTBOUND.map(({ host }) => host).join(', ')
