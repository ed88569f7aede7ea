/** A word of this project's past that other engineers would have to learn, and the standard one. */
export interface HouseWord {
  pattern: RegExp
  instead: string
  /** Text that the pattern finds; the test of the checks reads it. */
  example: string
  /** Where the word has its ordinary sense: tested against `path: line`. */
  unless?: RegExp
}

/** Refused in code, tests, docs and texts alike. Only words without another sense, or with `unless` for it. */
export const HOUSE_WORDS: readonly HouseWord[] = [
  {
    pattern: /set-?backs?(?![a-z])/i,
    instead: 'failed attempt (attempts)',
    example: 'lastSetback',
  },
  { pattern: /sendPatiently/, instead: 'sendWithRetry', example: 'sendPatiently' },
  { pattern: /patien(?:ce|tly)/i, instead: 'timeout', example: 'PATIENCE_MS' },
  { pattern: /smallKeys/i, instead: 'lowercaseKeys', example: 'withSmallKeys' },
  {
    pattern: /kept(?:ById|Documents|Contexts)|walkKept/i,
    instead: 'ShardedStore, shards, scan',
    example: 'keptById',
  },
  { pattern: /nowAndThen|now and then/i, instead: 'atMostEvery', example: 'nowAndThen' },
  { pattern: /forsak(?:e|ing)|forsook/i, instead: 'discard', example: 'forsake(list)' },
  { pattern: /disregard(?:s|ed)?\(/, instead: 'discard', example: 'disregard(part)' },
  {
    pattern: /tellingRows|(?<![a-z])tellings?(?![a-z])/i,
    instead: 'deduplicated rows, in-flight publications',
    example: 'tellingRows',
  },
  {
    pattern: /(?<!false )\bpositives\b/i,
    instead: 'sellableCounts',
    example: 'positives/',
  },
  { pattern: /needs?Person/i, instead: 'manualAction', example: 'needPersonRows' },
  {
    pattern: /giv(?:e|es|en|ing)[ _]?up|gave[ _]?up/i,
    instead: 'abandon, abandoned',
    example: 'update.gaveUp',
  },
  {
    pattern: /(?<![a-z])stamps?(?![a-z])|(?<![Tt]ime)Stamp/,
    instead: 'version, or timestamp',
    example: 'newestStamp',
  },
  {
    pattern: /(?<![-a-z])standing(?:\(|\.ts|')/i,
    instead: 'exportState',
    example: 'standing(exportId)',
  },
  { pattern: /consignment/i, instead: 'PublishedBatch', example: 'Consignment' },
  {
    pattern: /(?<![a-z])legacy(?![a-z])/i,
    instead: 'handover; in its ordinary sense: old, former',
    example: 'lease.legacy',
    unless: /algorithm|sftp|ssh/i,
  },
  { pattern: /nonces?(?![a-z])/i, instead: 'uniqueId', example: 'clock.nonce()' },
  {
    pattern: /fingerprint/i,
    instead: 'settingsHash',
    example: 'const fingerprint = hashOf(settings)',
    unless: /sftp|ssh|host.?keys?|SHA-?256|known.?host/i,
  },
  {
    pattern: /(?<![a-z])g[eo]t(?:s|ting)? on(?![a-z])/i,
    instead: 'makes progress',
    example: 'without getting on',
  },
  { pattern: /discreet/i, instead: 'redactErrors', example: 'discreet(client)' },
  { pattern: /vanish/i, instead: 'removed', example: 'zeroed.vanished' },
  { pattern: /passed ?over/i, instead: 'unseen', example: 'passedOver' },
  {
    pattern: /(?<![a-z])judging(?![a-z])|\bJudging/,
    instead: 'compareWithPublished, comparison',
    example: 'exports/judging/',
  },
  {
    pattern: /(?<![a-z])troubled?s?(?![a-z])|(?<=[a-z])Troubles?(?![a-z])/i,
    instead: 'kind (of an error), fault (injected), failure',
    example: 'UpstreamTrouble',
  },
  {
    pattern: /(?<![a-z])storms?(?![a-z])/i,
    instead: 'chaos',
    example: '--faults storm',
    unless: /(?:429|retry) storm/i,
  },
  { pattern: /shopper/i, instead: 'load generator', example: 'centra-shopper' },
  { pattern: /(?<![a-z])posters?(?![a-z])/i, instead: 'load generator', example: 'poster.ts' },
  { pattern: /(?<![a-z])weather/i, instead: 'chaos schedule', example: 'weather.ts' },
  { pattern: /(?<![a-z])parked/i, instead: 'circuit open', example: 'upstream_parked' },
  { pattern: /(?<![a-z])gate[sd]?(?![a-z])/i, instead: 'limiter', example: 'gates.ts' },
  {
    pattern: /(?<![a-z])pac(?:e|es|ed|ing)(?![a-z])/i,
    instead: 'rate, rateLimiter',
    example: 'pace.ts',
  },
  {
    pattern: /\bslices\b|\b(?:an?|the|this|each|every|next|one|whole) slice\b|SliceReader/i,
    instead: 'batch',
    example: 'the next slice',
  },
  {
    pattern: /\bLine(?:Reader|State)\b|waits? for the line/,
    instead: 'QueueReader, QueueState, waits for the queue',
    example: 'LineReader',
  },
  {
    pattern: /(?<![a-z])stir(?:s|red)?(?![a-z])|mayStir/,
    instead: 'requestRunOccasionally',
    example: 'await stir()',
  },
  { pattern: /(?<![a-z])swept|notSwept/i, instead: 'removed', example: 'documents.swept' },
  { pattern: /readFarAhead/i, instead: 'prefetch', example: 'readFarAhead' },
  {
    pattern: /concernsAll|failureOfOne/i,
    instead: 'isSourceFailure, toItemFailure',
    example: 'concernsAll(thrown)',
  },
  {
    pattern: /forEachOf|idsOfPages/,
    instead: 'forEachConcurrently, paginate',
    example: 'forEachOf',
  },
  { pattern: /areAtOdds/, instead: 'bindingsChanged', example: 'areAtOdds' },
  { pattern: /leftNothing/, instead: 'isQueueEmpty', example: 'leftNothing()' },
  { pattern: /handsOver/, instead: 'yieldRun', example: 'this.handsOver' },
  {
    pattern: /dryTold|toldAt|toldWithin|isTold/,
    instead: 'published, publishedAt',
    example: 'toldAt',
  },
  { pattern: /formerNames/i, instead: 'renamedOffers', example: 'formerNames.ts' },
  { pattern: /PartName\b/, instead: 'BatchId', example: 'PartName' },
  { pattern: /highWater(?!Mark)/i, instead: 'highWaterMark', example: 'highWater' },
  { pattern: /afterDeath/, instead: 'previousOwnerDied', example: 'afterDeath' },
  { pattern: /coverable/i, instead: 'coalescible', example: 'coverable', unless: /UnRecoverable/ },
  {
    pattern: /isInDoubt|\bin doubt\b|doubtful|\bunaware\b/i,
    instead: 'conflict, concurrent, hasConflict',
    example: 'isInDoubt',
  },
  { pattern: /\bbreadth/i, instead: 'scope: full or incremental', example: 'breadthOf' },
  {
    pattern: /DeliveryWay|MayCommit/,
    instead: 'Publisher, CanCommit',
    example: 'DeliveryWay',
  },
  { pattern: /boundSellers|maySell\b/, instead: 'bindings, sellable', example: 'boundSellers' },
  { pattern: /\brivals?\b/i, instead: 'conflicting row', example: 'rivals.ts' },
  // In Spanish it is a verb.
  {
    pattern: /registrar/i,
    instead: 'reconciler',
    example: 'Registrar',
    unless: /^messages\/es\.json|^node\/handlers\/consolePage\.ts/,
  },
  { pattern: /(?<![a-z])ageing/i, instead: 'freshness', example: 'ageing.ts' },
  { pattern: /\bManner\b/, instead: 'ExportOptions', example: 'Manner' },
  { pattern: /intakeOf/, instead: 'changeBuffer', example: 'intakeOf(ctx)' },
  { pattern: /saidBy/, instead: 'errorTextOf', example: 'saidBy(response)' },
  { pattern: /hostPlace/, instead: 'hostName', example: 'hostPlace' },
  { pattern: /noText\b|noPage\b/, instead: 'requireJson, rejectHtml', example: 'noText' },
  { pattern: /lookUps(?:\.ts|')/, instead: 'loaders', example: 'lookUps.ts' },
  { pattern: /freshContexts|readSaved/, instead: 'uncached, readWritten', example: 'readSaved' },
]

/** Refused in README and docs/ only: ordinary words in code, vague or foreign ones in a description. */
export const PROSE_WORDS: readonly HouseWord[] = [
  { pattern: /\bpieces?\b/i, instead: 'units', example: 'pieces of an offer' },
  { pattern: /\bslices?\b/i, instead: 'batch', example: 'slice by slice' },
  { pattern: /\bverbs?\b/i, instead: 'HTTP method', example: 'another verb' },
  { pattern: /\bcallers?\b/i, instead: 'client', example: 'callers change over' },
  { pattern: /\banswer(?:s|ed|ing)?\b/i, instead: 'response, responds', example: 'answers 401' },
  { pattern: /\btold\b/i, instead: 'last sent, reported', example: 'what Intershop was told' },
  { pattern: /\bsomebody|\bnobody\b/i, instead: 'who it is, by role', example: 'nobody gets in' },
  { pattern: /to the letter/i, instead: 'exact, case-sensitive', example: 'to the letter' },
  {
    pattern: /\bcalls? an? (?:minute|second)\b/i,
    instead: 'requests per minute',
    example: 'calls a minute',
  },
  {
    pattern: /\b(?:runs?|are|is) dry\b(?! runs?)/i,
    instead: 'dry run',
    example: 'exports run dry',
  },
  { pattern: /\bin force\b/i, instead: 'in effect', example: 'settings in force' },
  {
    pattern: /\bcounted warehouses?\b/i,
    instead: 'included warehouse',
    example: 'counted warehouse',
  },
  { pattern: /\ba person must\b/i, instead: 'needs manual action', example: 'a person must act' },
  { pattern: /\bis played\b|\bplays\b/i, instead: 'simulates', example: 'what is played' },
]
