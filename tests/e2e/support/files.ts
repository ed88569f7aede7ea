import { execFile } from 'child_process'
import { existsSync } from 'fs'
import { readdir, readFile } from 'fs/promises'
import { join } from 'path'
import { promisify } from 'util'

import { readOffers } from '../../../sandbox/world/intershop/importer/read-offers'
import type { OfferUpdate } from '../../../sandbox/world/intershop/inventory'

const SCHEMA = join(__dirname, '..', '..', '..', '..', 'shared', 'icm-xsd', 'catalog.xsd')

/** A delivered file and what it says. */
export interface Delivered {
  name: string
  path: string
  text: string
  offers: OfferUpdate[]
}

/** The complete files of a directory, in order of names. */
export async function deliveredFiles(directory: string): Promise<Delivered[]> {
  const names = (await readdir(directory)).filter((name) => /^[^.].*\.xml$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const path = join(directory, name)
      const text = await readFile(path, 'utf8')
      return { name, path, text, offers: readOffers(text, 'StockQuantity') }
    })
  )
}

/** Why files cannot be checked against Intershop's schema here, if they cannot. */
export function whyNoValidation(): string | undefined {
  if (!existsSync(SCHEMA)) return 'the folder shared/icm-xsd is not beside the checkout'
  const found = (process.env.PATH ?? '').split(':').some((at) => existsSync(join(at, 'xmllint')))
  return found ? undefined : 'xmllint (libxml2-utils) is not installed'
}

/** Checks files against Intershop's catalog schema. Rejects with what xmllint says. */
export async function validate(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) throw new Error('no files to check')
  await promisify(execFile)('xmllint', ['--noout', '--nonet', '--schema', SCHEMA, ...paths])
}
