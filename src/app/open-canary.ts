import { AriCanaryLine } from '../ari/ari-canary-line.ts';
import type { Outcome } from '../call/outcome.ts';
import { Canary } from '../canary/canary.ts';
import { CanaryCalls } from '../canary/canary-calls.ts';
import { canaryRound } from '../canary/canary-round.ts';
import { keptTrunksFile, TrunkWatch } from '../canary/trunk-watch.ts';
import type { Settings } from '../config/settings.ts';
import { anOwnNumber, destinationsOf } from '../exits/destinations.ts';
import type { Log } from '../log/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock } from '../process/clock.ts';
import { promptMedia } from '../prompts/prompt-media.ts';
import type { LivePolicy } from '../rules/live-policy.ts';

export type OwnCalls = ReturnType<typeof openCanary>;

/** The calls that Gatehouse makes itself to see what callers find; none before `start`. */
export function openCanary(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly mayCall: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}) {
  const { settings, policy, mayCall, clock, log } = parts;
  const line = new AriCanaryLine({
    url: settings.ari.url,
    username: settings.ari.user,
    password: settings.ari.password,
    app: settings.app,
    requestTimeoutMs: settings.ari.timeoutMs,
    clock,
  });
  const calls = new CanaryCalls(line, clock);
  const trunks = new TrunkWatch({
    file: keptTrunksFile(settings.data),
    endpoints: () => line.endpoints(),
    now: Date.now,
    log,
  });
  /** One of our numbers as the carrier writes it. */
  let dialed: string | null = null;
  const round = () => {
    const current = policy.current();
    return canaryRound({
      ...{ calls, trunks, modules: () => line.modules() },
      number: dialed ?? anOwnNumber(current),
      destinations: destinationsOf(current),
      sounds: soundsOf(settings.promptMedia, current),
    });
  };
  const canary = new Canary({ everyMs: settings.canaryEveryMs, round, mayCall, clock, log });
  return {
    calls,
    start: () => canary.start(),
    state: () => canary.state(),
    now: () => canary.now(),
    saw({ facts: { called } }: Outcome): void {
      const isOurs = called.number !== null && policy.current().settings.ownNumbers.find(called.number);
      if (isOurs && /^\+?\d{1,20}$/.test(called.raw)) dialed = called.raw;
    },
    async close() {
      canary.close();
      await line.close();
    },
  };
}

function soundsOf(prefix: string, { prompts }: Policy): readonly string[] {
  const { media } = promptMedia(prefix, () => prompts);
  return [
    ...new Set(prompts.ids.flatMap((id) => prompts.languages.flatMap((language) => media(id, language)))),
  ];
}
