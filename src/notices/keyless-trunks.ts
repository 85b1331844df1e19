import type { Outcome } from '../call/outcome.ts';

/** Robots press nothing either: so many in a row are told. More on a trunk that has given keys, which is known to be able to. */
const silentInARow = { never: 20, before: 60 };
const maxTrunks = 100;

/** A trunk on which many callers were asked for keys, and none arrived. */
export interface KeylessTrunk {
  readonly trunk: string;
  /** Challenged callers since the last key, or since the start. */
  readonly callers: number;
  /** Epoch ms of the first of them. */
  readonly since: number;
  readonly remedy: string;
}

const keylessRemedy =
  'Call in over this trunk and press keys. If none is recorded, set dtmf_mode of its endpoint in pjsip.conf to what the carrier sends (rfc4733, inband, info; auto tries), reload, and ask the carrier which it is. A rule with early-media asks before the call is answered: many carriers carry neither sound nor keys then, so leave it out.';

/** Counts, for each trunk, callers who stayed through their challenge and of whom no key arrived. In memory, since the start. */
export class KeylessTrunks {
  readonly #trunks = new Map<string, { callers: number; since: number; hasGivenKeys: boolean }>();

  saw({ facts, challenge }: Outcome): void {
    if (challenge === null) return;
    const { trunk, now } = facts;
    const hasKey = challenge.attempts.some(({ heard }) => heard !== '');
    // Who hangs up has not shown that keys do not arrive.
    if (!hasKey && challenge.result !== 'silent') return;
    const known = this.#trunks.get(trunk);
    if (hasKey) {
      if (known !== undefined || this.#hasRoom())
        this.#trunks.set(trunk, { callers: 0, since: now, hasGivenKeys: true });
    } else if (known !== undefined) {
      if (known.callers === 0) known.since = now;
      known.callers++;
    } else if (this.#hasRoom()) this.#trunks.set(trunk, { callers: 1, since: now, hasGivenKeys: false });
  }

  found(): readonly KeylessTrunk[] {
    return [...this.#trunks].flatMap(([trunk, { callers, since, hasGivenKeys }]) =>
      callers >= (hasGivenKeys ? silentInARow.before : silentInARow.never)
        ? [{ trunk, callers, since, remedy: keylessRemedy }]
        : [],
    );
  }

  #hasRoom(): boolean {
    return this.#trunks.size < maxTrunks;
  }
}
