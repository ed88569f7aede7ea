import { XMLParser } from 'fast-xml-parser'
import type { SftpConnection } from '../../node/clients/sftp'
import { SftpError } from '../../node/clients/sftpError'
import type { Actor, Scheduler } from './scheduler'

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => name === 'offer' || name === 'custom-attribute',
})

interface ParsedOffer {
  sku: string
  'custom-attributes': { 'custom-attribute': Array<{ name: string; '#text': string | number }> }
}

/** A model of Intershop: a drop, and an importer that comes when it likes and reads in name order. */
export class ModelIntershop {
  /** No connection until then. */
  closedUntil = 0
  readonly imported = new Map<string, number>()
  /** The highest quantity ever imported for each offer. */
  readonly highest = new Map<string, number>()
  /** Names of all files that were published. */
  readonly published: string[] = []
  /** Renames that were refused. */
  refused = 0
  private readonly drop = new Map<string, string>()

  constructor(private readonly scheduler: Scheduler) {}

  /** The drop as one actor meets it. */
  connect(actor: Actor): SftpConnection {
    const step = <T>(name: string, run: () => T) =>
      this.scheduler.step(actor, name, () => {
        if (this.scheduler.now < this.closedUntil) throw new SftpError('down', 'refused')
        return run()
      })
    return {
      isOpen: true,
      exists: (path) => step('exists', () => this.drop.has(path)),
      write: (path, content) => step('write', () => void this.drop.set(path, content.toString())),
      // At once: between the last look at the line and the rename nothing can be asked of anybody.
      rename: (from, to) => {
        const content = this.drop.get(from)
        if (content === undefined || this.drop.has(to)) return step('rename', () => this.refuse())
        this.drop.delete(from)
        this.drop.set(to, content)
        this.published.push(to)
        return step('renamed', () => undefined)
      },
      remove: (path) => step('clean', () => void this.drop.delete(path)),
      list: () => step('look', () => ({ files: [], isWhole: true })),
      close: async () => undefined,
    }
  }

  /** Imports what lies there, in order of names; a later file overwrites whatever was before. */
  import() {
    const names = [...this.drop.keys()].filter((name) => /\.(xml|csv)$/.test(name)).sort()
    for (const name of names) {
      const content = this.drop.get(name) ?? ''
      const offers = name.endsWith('.csv') ? offersOfCsv(content) : offersOf(content)
      for (const [sku, quantity] of offers) this.take(sku, quantity)
      this.drop.delete(name)
    }
  }

  take(sku: string, quantity: number) {
    this.imported.set(sku, quantity)
    this.highest.set(sku, Math.max(quantity, this.highest.get(sku) ?? 0))
  }

  private refuse(): never {
    this.refused++
    throw new SftpError('down', 'Failure')
  }
}

export function offersOf(xml: string): Array<[sku: string, quantity: number]> {
  const offers: ParsedOffer[] = parser.parse(xml).enfinity?.offer ?? []
  return offers.map(({ sku, 'custom-attributes': { 'custom-attribute': attributes } }) => {
    const quantity = attributes.find(({ name }) => name === 'StockQuantity')?.['#text']
    return [String(sku), Number(quantity)]
  })
}

const offersOfCsv = (csv: string): Array<[sku: string, quantity: number]> =>
  csv
    .split('\n')
    .slice(1, -1)
    .map((row) => {
      const [sku = '', , , , stock] = row.split('|')
      return [sku, Number(stock)]
    })
