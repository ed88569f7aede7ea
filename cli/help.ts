import { COMMANDS, type CommandName, optionsOf } from './arguments'

const OPTION_TEXTS: Record<string, [form: string, meaning: string]> = {
  status: [
    '--status STATUS',
    'queued, running, completed, completedWithErrors, failed or cancelled',
  ],
  route: ['--route ROUTE', 'update, export, start, seller, time, sellerTime, release or dismiss'],
  trigger: ['--trigger WHO', 'who started them: schedule, api or console'],
  limit: ['--limit N', 'at most N'],
  before: ['--before X', 'the next page, as the end of a page names it'],
  interval: ['--interval S', 'seconds between two looks (2)'],
  live: ['--live', 'ask VTEX and Centra too'],
  seller: ['--seller ID', 'of this seller; repeatable for release and dismiss'],
  sku: ['--sku ID', 'of this SKU; repeatable'],
  'dry-run': ['--dry-run', 'only report what would happen'],
  watch: ['--watch', 'then watch the export'],
}

const CODES: Record<CommandName, string> = {
  status: '0 ok, 1 late or paused, 2 action required',
  exports: '0',
  watch: '0 completed, 1 incomplete (heals by itself) or cancelled, 2 failed or action required',
  why: '0 completed or in progress, 1 incomplete, cancelled or late, 2 failed or action required',
  sku: '0, or 1 if nothing was sent yet, an offer is held, or its source cannot be read',
  held: '0 none, 2 some',
  release: '0 accepted; with --watch as watch',
  dismiss: '0 accepted; with --watch as watch',
  check: '0 all connections work, 2 one does not',
}

const COMMON = `  --url URL          of the store, such as https://mystore.myvtex.com; else INTERSHOP_STOCK_URL
  --token-file FILE  contains the app's token; else INTERSHOP_STOCK_TOKEN has it
  --json             print the app's response as JSON
  --help             this text`

/** The text of `--help`, of all commands or of one. */
export function helpText(command: CommandName | undefined): string {
  if (command === undefined) {
    const commands = Object.entries(COMMANDS).map(([name, text]) => {
      const { operand = '' } = optionsOf(name as CommandName)
      return `  ${`${name} ${operand}`.padEnd(11)}  ${text}`
    })
    return `intershop-stock COMMAND [options]

${commands.join('\n')}

${COMMON}

COMMAND --help has its own options and exit codes. Every command exits with 3 if the app cannot be reached, does not
accept the token, or the command line is wrong.
`
  }
  const { operand, options } = optionsOf(command)
  const own = options.map((name) => {
    const [form, meaning] = OPTION_TEXTS[name] ?? [`--${name}`, '']
    return `  ${form.padEnd(17)}  ${meaning}\n`
  })
  return `intershop-stock ${command}${operand === undefined ? '' : ` ${operand}`} [options]: ${COMMANDS[command]}

${own.join('')}${COMMON}

Exit code: ${CODES[command]}; 3 if the app cannot say.
`
}
