import { randomInt } from 'node:crypto';
import { AriFollower } from '../ari/ari-follower.ts';
import { AriLink } from '../ari/ari-link.ts';
import type { AsteriskClock } from '../ari/asterisk-clock.ts';
import type { CallFacts } from '../call/facts.ts';
import type { Decision } from '../call/verdict.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log/log.ts';
import { isListed } from '../policy/decision.ts';
import { signalsOf } from '../policy/signals.ts';
import { promptMedia } from '../prompts/prompt-media.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { Admission } from '../screening/admission.ts';
import { AfterExits } from '../screening/after-exit.ts';
import type { EntryReaders } from '../screening/entry/call-facts.ts';
import type { ArrivedCall } from '../screening/ports.ts';
import { Screener } from '../screening/screener.ts';
import type { RecordKeeping } from './record-keeping.ts';

export type CallScreening = ReturnType<typeof openCallScreening>;

/** The link to Asterisk and the screener of the calls that come in by it. No call comes before `link.start`. */
export function openCallScreening(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly readers: EntryReaders;
  readonly decide: (facts: CallFacts) => Decision;
  readonly recordKeeping: RecordKeeping;
  readonly admission: Admission;
  /** True: no caller, but a call of our own. */
  readonly isCanary: (call: ArrivedCall) => boolean;
  readonly clock: AsteriskClock;
  /** Id of this installation, kept in the data directory. */
  readonly ownerId: string;
  readonly log: Log;
}) {
  const { settings, policy, readers, decide, recordKeeping, admission, isCanary, clock, ownerId, log } =
    parts;
  const { outbox, history } = recordKeeping;
  const ari = {
    url: settings.ari.url,
    username: settings.ari.user,
    password: settings.ari.password,
    app: settings.app,
    node: settings.node,
    requestTimeoutMs: settings.ari.timeoutMs,
    clock,
    log,
  };
  const follower = new AriFollower({ ...ari, isBusy: () => admission.isShedding });
  const afterExits = new AfterExits({ afterExits: outbox, follower, clock, log });
  outbox.onEnd((outcome) => afterExits.observe(outcome));
  const screener = new Screener({
    admission,
    decide,
    history,
    siteFacts: (call) => recordKeeping.siteFacts(call),
    signals: (facts) => signalsOf(facts, policy.current()),
    isOwnNumber: (number) => policy.current().settings.ownNumbers.find(number) !== undefined,
    campaignFacts: (call) =>
      recordKeeping.campaigns.facts(call, (number) => isListed(number, policy.current(), call.now)),
    outcomes: outbox,
    promptMedia: promptMedia(settings.promptMedia, () => policy.current().prompts),
    clock,
    log,
    random: secureRandom,
    historyDeadlineMs: settings.historyDeadlineMs,
  });
  const link = new AriLink({
    ...ari,
    ownerId,
    readers,
    onTime: (second, askedAt) => clock.sawSecond(second, askedAt),
  });
  link.onCall((call) => {
    if (!isCanary(call)) screener.accept(afterExits.watch(call));
  });
  return {
    link,
    follower,
    screener,
    /** Another process has the calls now. */
    abandonAll() {
      screener.abandonAll();
      afterExits.abandonAll();
    },
  };
}

/** 0 to below 1, not guessable: the digits of a challenge come from it. */
function secureRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
