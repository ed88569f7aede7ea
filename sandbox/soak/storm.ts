import { join } from 'path'
import { setTimeout as sleep } from 'timers/promises'
import type { Display } from '../cli/display'
import { FAULT_BUNDLES } from '../cli/fault-bundles'
import { startKiller } from '../cli/killer'
import { clock } from '../cli/progress'
import { truthSettings } from '../comparison/settings'
import { type Sandbox, startSandbox } from '../sandbox'
import { CENTRA_SELLER } from '../world/centra/access'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import { CentraShopper } from './centra-shopper'
import { Client } from './client'
import { Follower } from './follow'
import type { SoakOptions } from './options'
import { Poster } from './poster'
import { SECRETS, SecretWatch } from './secrets'
import { Shopper } from './shopper'
import { stormLines } from './summary'
import { complaints } from './verdict'
import { startWeather, type Weather } from './weather'
import { ZeroWatch } from './zeros'

const SKUS = 300
const REPLICAS = 3
const KILL_EVERY_SECONDS = 5
const CHANGES_A_SECOND = 20
const CENTRA_CHANGES_A_SECOND = 4
const POST_EVERY = 10_000
/** Half-way between two kills: a request that meets one would say little about exports. */
const FIRST_POST = 2_500
/** Every so many posts, uploads are cut anew. */
const RENEW_EVERY = 3
/** After the storm each export gets so long to end: an app may wait for a minute between two attempts. */
const PATIENCE = 240_000
/** A caller who was refused waits so long. */
const ASK_AGAIN = 1_000

/** A storm, quiet, one more export and the comparison. Answers what must not be; prints how it went. */
export async function storm(
  options: SoakOptions,
  stateDirectory: string,
  display: Display
): Promise<string[]> {
  const { seed, skus = SKUS } = options
  display.update('building the app, and a VTEX account')
  const sandbox = await startSandbox({
    skus,
    seed,
    replicas: REPLICAS,
    stateDirectory,
    // What it watches over is own stock and Centra's.
    // So many sales are no mistake here.
    settings: { ...SECRETS, sellers: `1,${CENTRA_SELLER}`, maxNewlyZeroPercent: 100 },
  })
  try {
    return await rage(sandbox, options, stateDirectory, display)
  } finally {
    await sandbox.stop()
  }
}

async function rage(
  sandbox: Sandbox,
  { minutes, seed }: SoakOptions,
  stateDirectory: string,
  display: Display
): Promise<string[]> {
  const { commerce, centra, intershop, platform } = sandbox
  const secrets = new SecretWatch([platform.credential])
  const client = new Client(sandbox.url, secrets)
  const follower = new Follower(client)
  const poster = new Poster(client, follower, Math.max(...commerce.catalog.ids()), seed)
  const settings = truthSettings(await platform.settings.read())
  const zeros = new ZeroWatch(sandbox, intershop.inventory, settings)
  const shopper = new Shopper(commerce, seed)
  const inCentra = centra && new CentraShopper(centra, seed)

  const weather = startWeather(sandbox, FAULT_BUNDLES.storm?.faults ?? {})
  const stopShopping = [shopper.start(CHANGES_A_SECOND), inCentra?.start(CENTRA_CHANGES_A_SECOND)]
  const stopKilling = startKiller(sandbox, KILL_EVERY_SECONDS)
  let kills = 0
  try {
    await postFor(minutes * 60_000, poster, follower, weather, display)
  } finally {
    for (const stop of stopShopping) stop?.()
    kills = stopKilling()
    weather.clear()
  }
  const quietAt = Date.now()
  await platform.replicas.allUp()
  await follower.allEnded(PATIENCE, () =>
    display.update(`quiet: ${follower.open.length} exports still to end`)
  )
  const last = await lastExport(client)
  await intershop.idle()
  await secrets.lookIntoFile(join(stateDirectory, 'app.log'))
  const result = {
    minutes,
    quietAt,
    accepted: follower.exports,
    last,
    leftOpen: (await platform.vbase.files('exports')).length,
    falseZeros: zeros.falseZeros,
    leaks: secrets,
    comparison: await sandbox.compare(),
  }
  const changes = shopper.changes + (inCentra?.changes ?? 0)
  const { refused, uncertain } = poster
  const faults = weather.injected()
  const refusals = platform.requests.of(COMMERCE_HOST).byStatus['429'] ?? 0
  display.print(stormLines(result, { changes, refused, uncertain, kills, faults, refusals, zeros }))
  return complaints(result)
}

async function postFor(
  ms: number,
  poster: Poster,
  follower: Follower,
  weather: Weather,
  display: Display
): Promise<void> {
  const startedAt = Date.now()
  const look = async () => {
    await follower.look()
    const ended = follower.exports.length - follower.open.length
    const time = clock((Date.now() - startedAt) / 1_000)
    display.update(`storm ${time}: ${follower.exports.length} accepted, ${ended} ended`)
  }
  const posts: Promise<void>[] = []
  for (let at = FIRST_POST; at < ms; at += POST_EVERY) {
    await sleep(Math.max(0, startedAt + at - Date.now()))
    if (posts.length % RENEW_EVERY === 0) weather.renew()
    // Not awaited: an answer that is long in coming does not keep the next request.
    posts.push(poster.post())
    await sleep(POST_EVERY / 4)
    await look()
  }
  await sleep(Math.max(0, startedAt + ms - Date.now()))
  await Promise.all(posts)
}

/**
 * One more full export, to its end; undefined when the app does not accept it. What failed in the storm may be
 * remembered for a moment: a caller who is refused asks again.
 */
async function lastExport(client: Client) {
  const follower = new Follower(client)
  const until = Date.now() + PATIENCE
  let posted = await client.post('/export')
  while (posted.kind !== 'accepted' && Date.now() < until) {
    await sleep(ASK_AGAIN)
    posted = await client.post('/export')
  }
  if (posted.kind === 'accepted') follower.add(posted.exportId, '/export')
  await follower.allEnded(PATIENCE)
  return follower.exports[0]
}
