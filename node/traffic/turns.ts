/**
 * A line of callers of several kinds who are let through one at a time, the kinds by turns. Who reads SKUs
 * asks one API and then another; first come, first served would let all ask the first, and then all the
 * second: each API would see bursts of twice the pace.
 */
export class Turns<Kind> {
  private readonly waiting = new Map<Kind, Array<() => void>>()
  private isServing = false

  /** @param mayPass resolves when the next one may pass; must not reject */
  constructor(private readonly mayPass: () => Promise<void>) {}

  /** Resolves when it is the caller's turn. */
  wait(kind: Kind): Promise<void> {
    return new Promise((pass) => {
      const others = this.waiting.get(kind)
      if (others) others.push(pass)
      else this.waiting.set(kind, [pass])
      if (!this.isServing) void this.serve()
    })
  }

  private async serve() {
    this.isServing = true
    while (this.waiting.size > 0) {
      await this.mayPass()
      const [next] = this.waiting
      if (next) this.letPass(...next)
    }
    this.isServing = false
  }

  private letPass(kind: Kind, [first, ...others]: Array<() => void>) {
    // To the end of the turns.
    this.waiting.delete(kind)
    if (others.length > 0) this.waiting.set(kind, others)
    first?.()
  }
}
