// Which module may import which: `npm run layers` checks it, and so does `npm test`. Imports of types count too.

/** Layers of node/, the highest first. Modules of one line may import each other, and every line below. */
const NODE_LAYERS = [
  ['index.ts'],
  ['handlers', 'events', 'middlewares'],
  ['services.ts'],
  ['alerts'],
  ['status'],
  ['schedules', 'exports', 'connections'],
  ['published'],
  ['sources', 'delivery'],
  ['changes'],
  ['settings'],
  ['state'],
  ['clients'],
  ['throttling'],
  ['offers'],
  ['model'],
  ['common'],
]

const TEST = '[.]test[.]ts$'
const nodePath = (modules) =>
  `^node/(?:${modules.map((name) => (name.endsWith('.ts') ? name.replace('.', '[.]') : `${name}/`)).join('|')})`
const inNode = (...modules) => ({ path: nodePath(modules), pathNot: TEST })

const noImportUpwards = NODE_LAYERS.slice(1).map((layer, index) => ({
  name: `node-${layer.join('-').replaceAll('.ts', '')}-import-nothing-above`,
  comment: `${layer.join(', ')}: imports point down the list of layers, never up.`,
  severity: 'error',
  from: inNode(...layer),
  to: { path: nodePath(NODE_LAYERS.slice(0, index + 1).flat()) },
}))

const nodeRules = [
  {
    name: 'node-no-circles',
    comment: 'Types that several modules share live in model/.',
    severity: 'error',
    from: { path: '^node/' },
    to: { circular: true },
  },
  ...noImportUpwards,
  {
    name: 'node-offers-stay-pure',
    comment: 'offers/ imports nothing of the app but model/ and common/.',
    severity: 'error',
    from: inNode('offers'),
    to: { path: '^node/', pathNot: nodePath(['offers', 'model', 'common']) },
  },
  {
    name: 'node-sources-do-not-know-delivery',
    severity: 'error',
    from: inNode('sources'),
    to: { path: nodePath(['delivery']) },
  },
  {
    name: 'node-delivery-does-not-know-sources',
    severity: 'error',
    from: inNode('delivery'),
    to: { path: nodePath(['sources']) },
  },
  {
    name: 'node-clients-have-no-rules',
    comment: 'clients/ knows an upstream’s protocol and its limiter; what is computed lives above.',
    severity: 'error',
    from: inNode('clients'),
    to: { path: '^node/', pathNot: nodePath(['clients', 'throttling', 'model', 'common']) },
  },
  {
    name: 'node-only-outer-layers-see-ctx',
    comment:
      '`Context` comes from @vtex/api: only index, services, middlewares, handlers and events take one. clients/ and ' +
      'state/ extend or call clients of @vtex/api; the others listed read account and workspace only.',
    severity: 'error',
    from: {
      path: '^node/',
      pathNot: [
        TEST,
        nodePath([
          'index.ts',
          'services.ts',
          'middlewares',
          'handlers',
          'events',
          'clients',
          'state',
          'throttling',
          'settings',
          'schedules',
        ]),
      ],
    },
    to: { path: 'node_modules/@vtex/api' },
  },
  {
    name: 'node-every-file-has-a-layer',
    comment: 'A new folder, or a file at the root of node/, belongs into the list of layers first.',
    severity: 'error',
    from: { path: '^node/', pathNot: TEST },
    to: { path: '^node/', pathNot: [TEST, nodePath(NODE_LAYERS.flat())] },
  },
  {
    name: 'node-runs-alone',
    comment: 'node/ is what VTEX IO runs: tests apart it imports nothing from beside it.',
    severity: 'error',
    from: { path: '^node/', pathNot: TEST },
    to: { path: '^(?:sandbox|console|tests|tools|bench)/' },
  },
]

const PLATFORM = '^sandbox/platform/'
const WORLD = '^sandbox/world/'
const COMMON = '^sandbox/common/'
const COMPARISON = '^sandbox/comparison/'

const sandboxRules = [
  {
    name: 'sandbox-no-circles',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { circular: true },
  },
  {
    name: 'sandbox-shares-no-code-with-the-app',
    comment: 'The comparison must not repeat mistakes of the app.',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: '^node/' },
  },
  {
    name: 'sandbox-does-not-know-tests',
    severity: 'error',
    from: { path: '^sandbox/' },
    to: { path: '^(?:tests|tools)/' },
  },
  {
    name: 'sandbox-common-on-the-ground',
    severity: 'error',
    from: { path: COMMON },
    to: { path: '^sandbox/', pathNot: COMMON },
  },
  {
    name: 'sandbox-platform-runs-any-app',
    comment: 'platform/ is VTEX IO itself: it knows neither this app nor the world around it.',
    severity: 'error',
    from: { path: PLATFORM },
    to: { path: '^(?:sandbox|node)/', pathNot: [PLATFORM, COMMON] },
  },
  {
    name: 'sandbox-world-knows-upstreams-only',
    comment:
      'world/ is VTEX’s commerce APIs, Centra and Intershop: it knows neither VTEX IO nor this app.',
    severity: 'error',
    from: { path: WORLD },
    to: { path: '^sandbox/', pathNot: [WORLD, COMMON] },
  },
  {
    name: 'sandbox-commerce-knows-no-other-upstream',
    severity: 'error',
    from: { path: `${WORLD}commerce/` },
    to: { path: `${WORLD}(?:centra|intershop)/` },
  },
  {
    name: 'sandbox-centra-does-not-know-intershop',
    comment: 'It does know commerce: its rows name SKUs of the VTEX catalog.',
    severity: 'error',
    from: { path: `${WORLD}centra/` },
    to: { path: `${WORLD}intershop/` },
  },
  {
    name: 'sandbox-intershop-knows-no-other-upstream',
    severity: 'error',
    from: { path: `${WORLD}intershop/` },
    to: { path: `${WORLD}(?:commerce|centra)/` },
  },
  {
    name: 'sandbox-comparison-reads-the-world',
    comment: 'comparison/ computes what Intershop must hold from the world and the app’s settings.',
    severity: 'error',
    from: { path: COMPARISON },
    to: { path: '^sandbox/', pathNot: [COMPARISON, WORLD, COMMON] },
  },
  {
    name: 'sandbox-platform-by-its-entry',
    comment:
      'Whoever uses platform/ imports its index.ts. live/ puts other servers in the place of some of its parts.',
    severity: 'error',
    from: { path: '^sandbox/', pathNot: [PLATFORM, '^sandbox/live/', TEST] },
    to: { path: PLATFORM, pathNot: `${PLATFORM}index[.]ts$` },
  },
  {
    name: 'sandbox-programs-on-top',
    comment:
      'main.ts, cli/, soak/ and live/ are programs: no other part of the sandbox imports them.',
    severity: 'error',
    from: { path: '^sandbox/', pathNot: '^sandbox/(?:main[.]ts|cli/|soak/|live/)' },
    to: { path: '^sandbox/(?:main[.]ts|cli/|soak/|live/)' },
  },
  {
    name: 'sandbox-cli-does-not-know-soak',
    severity: 'error',
    from: { path: '^sandbox/(?:main[.]ts|cli/)' },
    to: { path: '^sandbox/(?:soak|live)/' },
  },
]

const CLI = '^cli/'

const cliRules = [
  {
    name: 'cli-no-circles',
    severity: 'error',
    from: { path: CLI },
    to: { circular: true },
  },
  {
    name: 'cli-knows-answers-and-codes-only',
    comment:
      'The command line is a client: of the app it knows what the API responds, and the texts of codes.',
    severity: 'error',
    from: { path: CLI },
    to: {
      path: '^(?:node|sandbox|tests|tools)/',
      pathNot:
        '^node/(?:status/|common/errors[.]ts$|exports/(?:exportRequest|exportAnswers)[.]ts$)',
    },
  },
  {
    name: 'cli-is-nobodys-library',
    severity: 'error',
    from: { path: '^(?:node|sandbox)/' },
    to: { path: CLI },
  },
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...sandboxRules, ...nodeRules, ...cliRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
}
