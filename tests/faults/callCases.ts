import { pick } from 'ramda'

import {
  CALL_FAULT_NAMES,
  CALL_FAULTS,
  type CallFault,
  type CallFaultName,
} from '../../sandbox/faults/call-faults'
import { UPSTREAMS, type UpstreamName, type Where } from '../../sandbox/faults/upstreams'
import type { CentraBehaviour } from '../../sandbox/world/centra/behaviour'
import { idAt } from '../../sandbox/world/commerce/ids'
import { BROKEN_ROWS } from './brokenRows'
import { type During, type Failing, type FaultCase, SEED } from './faultCase'

const USUAL_BOUND = 90_000
/** The app waits 15 s for VTEX and 10 s for VBase before it gives a call up. */
const BOUND_OF_TIMEOUTS = 180_000

/** ICM's batch processes: a batch is read again, and an import of which the id is lost is waited for two minutes. */
const ICM = ['icm-token', 'icm-uploads', 'icm-imports'] as const
const BOUND_OF_IMPORTS = 400_000

/** More than the retries of one call, where a few failures are enough to abandon it. */
const TIMES: Record<UpstreamName, number> = {
  'catalog-list': 3,
  'catalog-sku': 6,
  'catalog-ean': 6,
  'catalog-refs': 3,
  warehouses: 3,
  inventory: 6,
  sellers: 2,
  bindings: 2,
  offers: 6,
  centra: 3,
  'icm-token': 1,
  'icm-uploads': 2,
  'icm-imports': 2,
  vbase: 5,
  courier: 2,
  apps: 2,
}

/** Enough calls an export for a share of them to mean something. */
const SHARES: Partial<Record<UpstreamName, number>> = {
  'catalog-list': 0.3,
  'catalog-sku': 0.15,
  'catalog-ean': 0.15,
  inventory: 0.15,
  offers: 0.15,
  vbase: 0.1,
}

const isWait = (fault: CallFaultName) => fault === 'timeout' || fault === 'slow'
const boundOf = (fault: CallFaultName) => (fault === 'timeout' ? BOUND_OF_TIMEOUTS : USUAL_BOUND)

function aFewTimes(
  upstream: UpstreamName,
  fault: CallFaultName,
  during: During = 'all',
  where: Where = UPSTREAMS[upstream],
  what: string = upstream
): FaultCase {
  // Each refusal holds everybody, and each after a pause makes the app much slower: two show both.
  const times = isWait(fault) || fault.startsWith('429') ? 2 : TIMES[upstream]
  const when = during === 'work' ? ', while it is worked on' : ''
  return {
    name: `${what}: ${fault}, a few times${when}`,
    upstream,
    faults: { calls: [{ ...where, ...CALL_FAULTS[fault], times }] },
    during,
    bound: boundOf(fault),
  }
}

function aShare(upstream: UpstreamName, fault: CallFaultName): FaultCase {
  // Whoever is refused holds all others, and an upstream that never answers is waited for.
  const seldom = fault.startsWith('429') || fault === 'timeout' ? 0.1 : 1
  const share = fault === 'latency' ? 1 : (SHARES[upstream] ?? 0.3) * seldom
  return {
    name: `${upstream}: ${fault}, a share of the calls`,
    upstream,
    faults: { calls: [{ ...UPSTREAMS[upstream], ...CALL_FAULTS[fault], share }] },
    during: 'all',
    bound: BOUND_OF_TIMEOUTS,
  }
}

const FINITE = CALL_FAULT_NAMES.filter((fault) => fault !== 'latency')
const SOURCES = [
  ...(['catalog-list', 'catalog-sku', 'catalog-ean', 'catalog-refs'] as const),
  ...(['warehouses', 'inventory', 'sellers', 'bindings', 'offers', 'centra'] as const),
]

/** That all ids are null is what VTEX says where no SKU has these references. */
const OF_REFS = FINITE.filter((fault) => fault !== 'mistyped-null')

/** Settings in which all is null are those of a form that nobody filled in: 401 is right then. */
const OF_APPS = FINITE.filter((fault) => fault !== 'mistyped-null')

const DOCUMENTS = [
  ...(['lease', 'exports', 'plans', 'worklistPages', 'receipts', 'ended'] as const),
  ...(['checkpoints', 'matches', 'claims', 'worklists'] as const),
  ...(['ledger', 'generations', 'compactions'] as const),
]
const OF_DOCUMENTS = ['500', 'answer-lost', 'truncated', 'malformed', 'empty', 'page'] as const
// No slash in front: an expression, not a prefix.
const folder = (name: string): Where => ({ upstream: 'vbase', path: `buckets/[^/]+/${name}/` })

/** Three SKUs of the account that stay unreadable. */
const UNREADABLE = [0, 7, 20].map((index) => idAt(SEED, index))
const FOR_EVER = {
  ...pick(
    ['500', 'reset', 'malformed', 'empty', 'mistyped', 'mistyped-null', 'page'] as const,
    CALL_FAULTS
  ),
  // Of many SKUs in a row, a refusal is the end of the source; of these it is theirs alone.
  '400': { kind: 'status', status: 400 },
  '403': { kind: 'status', status: 403 },
  '404': { kind: 'status', status: 404 },
} as const satisfies Record<string, CallFault>

const OF_SKU = {
  'catalog-sku': `^${UPSTREAMS['catalog-sku'].path}`,
  inventory: `^${UPSTREAMS.inventory.path}`,
  offers: `^${UPSTREAMS.offers.path}[^/]+/sku/`,
} as const

const FAILING: Record<keyof typeof OF_SKU, Failing> = {
  // Without its SKU an offer of any source may be unreadable.
  'catalog-sku': { own: UNREADABLE },
  inventory: { own: UNREADABLE, sellers: [], centra: [] },
  offers: { own: [], sellers: UNREADABLE, centra: [] },
}

function forEver(upstream: keyof typeof OF_SKU, fault: keyof typeof FOR_EVER): FaultCase {
  const { upstream: host } = UPSTREAMS[upstream]
  const path = `${OF_SKU[upstream]}(?:${UNREADABLE.join('|')})(?:\\?|$)`
  // A SKU that the catalog does not know is gone; where Intershop sold nothing of it, it has failed.
  const isGone = upstream === 'catalog-sku' && fault === '404'
  return {
    name: `${upstream}: ${fault} for three SKUs, for ever`,
    upstream,
    faults: { calls: [{ upstream: host, path, ...FOR_EVER[fault] }] },
    during: 'all',
    bound: USUAL_BOUND,
    ...(isGone ? { gone: UNREADABLE } : { failing: FAILING[upstream] }),
  }
}

function brokenRows(how: CentraBehaviour['broken'][string]): FaultCase {
  return {
    name: `centra: a row that is ${how}, for ever`,
    upstream: 'centra',
    faults: { centra: { broken: Object.fromEntries(BROKEN_ROWS.map((row) => [row, how])) } },
    during: 'all',
    bound: USUAL_BOUND,
    failing: { own: [], sellers: [], ...(how === 'withoutId' ? {} : { centra: BROKEN_ROWS }) },
  }
}

/** A row that is on no page, and that Centra says nothing of where it is asked for it. */
function unlistedRow(fault: keyof typeof FOR_EVER): FaultCase {
  const { upstream, path } = UPSTREAMS.centra
  const asked = `^${path}\\?(?:.*&)?stockItemId=(?:${BROKEN_ROWS.join('|')})(?:&|$)`
  return {
    name: `centra: a row in no list, ${fault} where it is asked for, for ever`,
    upstream: 'centra',
    faults: {
      centra: { unlisted: [...BROKEN_ROWS] },
      calls: [{ upstream, path: asked, ...FOR_EVER[fault] }],
    },
    during: 'all',
    bound: USUAL_BOUND,
    failing: { own: [], sellers: [], centra: BROKEN_ROWS },
  }
}

/** Not their listings. */
const documentsOf = (name: string): Where => ({
  upstream: 'vbase',
  path: `buckets/[^/]+/${name}/files/[^?]`,
})

/** What is kept so that VTEX need not be asked: whoever cannot understand it asks. */
const KEPT = ['skus', 'matches', 'claims'] as const

const keptNonsense = (name: (typeof KEPT)[number]): FaultCase => ({
  name: `vbase ${name}: mistyped whenever one is read, for ever`,
  upstream: 'vbase',
  faults: { calls: [{ ...documentsOf(name), method: 'GET', ...CALL_FAULTS.mistyped }] },
  during: 'all',
  bound: USUAL_BOUND,
  failing: { own: [], sellers: [], centra: [] },
})

/** So many failures in a row that the upstream counts as down, and is left alone for a while. */
function untilItCountsAsDown(upstream: 'catalog-sku' | 'inventory'): FaultCase {
  return {
    name: `${upstream}: 503 until it counts as down`,
    upstream,
    // Once it does, a single call at a time looks whether it is back, and ever more seldom.
    faults: { calls: [{ ...UPSTREAMS[upstream], ...CALL_FAULTS['503'], times: 23 }] },
    during: 'all',
    bound: USUAL_BOUND,
  }
}

/** What befalls the calls to ICM. */
const ICM_CASES = ICM.flatMap((upstream) =>
  FINITE.map((fault): FaultCase => {
    const found = aFewTimes(upstream, fault)
    return { ...found, delivery: 'icm-rest', bound: BOUND_OF_IMPORTS }
  })
)

/** What befalls the app's calls. */
export const CALL_CASES: readonly FaultCase[] = [
  ...SOURCES.flatMap((upstream) =>
    (upstream === 'catalog-refs' ? OF_REFS : FINITE).map((fault) => aFewTimes(upstream, fault))
  ),
  ...ICM_CASES,
  ...FINITE.map((fault) => aFewTimes('vbase', fault)),
  ...FINITE.map((fault) => aFewTimes('vbase', fault, 'work')),
  ...DOCUMENTS.flatMap((name) =>
    OF_DOCUMENTS.map((fault) => ({
      ...aFewTimes('vbase', fault, 'all', folder(name), `vbase ${name}`),
      isOfCompaction: name === 'compactions',
    }))
  ),
  ...FINITE.map((fault) => aFewTimes('courier', fault)),
  ...OF_APPS.map((fault) => aFewTimes('apps', fault)),
  ...OF_APPS.map((fault) => aFewTimes('apps', fault, 'work')),
  ...(Object.keys(SHARES) as UpstreamName[]).flatMap((upstream) =>
    CALL_FAULT_NAMES.map((fault) => aShare(upstream, fault))
  ),
  ...(Object.keys(FOR_EVER) as Array<keyof typeof FOR_EVER>).flatMap((fault) => [
    forEver('inventory', fault),
    forEver('catalog-sku', fault),
    forEver('offers', fault),
    // Centra may write numbers as texts.
    ...(fault === 'mistyped' ? [] : [unlistedRow(fault)]),
  ]),
  ...(['text', 'null', 'missing', 'withoutId'] as const).map(brokenRows),
  ...KEPT.map(keptNonsense),
  untilItCountsAsDown('inventory'),
  untilItCountsAsDown('catalog-sku'),
]
