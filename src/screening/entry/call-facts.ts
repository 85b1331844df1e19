import type { CallFacts } from '../../call/facts.ts';
import { changeDigits, type TrunkReader } from '../../call/trunk.ts';
import { calledFacts } from '../../numbers/phone-number.ts';
import { isInterrupted } from '../call-stay.ts';
import type { Stay } from '../ports.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';
import { callerOf, regionOf } from './read-caller.ts';
import type { SignatureReaders } from './read-signatures.ts';
import { verificationFromEntry } from './read-verification.ts';

const defaultWatchdogSeconds = 44;
const longestWatchdogSeconds = 3600;
/** The dialplan gives a call that enters the challenge at least this, however late it is. */
const leastChallengeMs = 1000;
/** An arrival older than this was not written by our dialplan; a channel adopted after a restart is far younger. */
const oldestArrivalMs = 24 * 3600 * 1000;

/** What calls are read by: asked for each call, since rules change while calls run. */
export interface EntryReaders {
  /** How calls of a trunk are read, by its name. */
  readonly trunkOf: TrunkReader;
  /** Left out: signatures are what Asterisk said of them. */
  readonly signatures?: SignatureReaders;
}

interface EntryContext extends EntryReaders {
  /** Name of this Gatehouse node; makes Asterisk's unique id unique across nodes. */
  readonly node: string;
  /** ARI channel id. */
  readonly channelId: string;
  /** Epoch ms at which the app heard of the call. */
  readonly receivedAt: number;
}

/** What the dialplan told of a call, as facts. History is null here. Never throws on hostile fields. */
export function callFactsFromEntry(fields: EntryFields, context: EntryContext): CallFacts {
  const name = headerText(fields.trunk, 80);
  const trunk = context.trunkOf(name);
  const caller = callerOf(fields, trunk);
  const now = arrivedAt(fields, context.receivedAt);
  const called = calledFacts(changeDigits(fields.did, trunk.calledDigits), regionOf(trunk));
  const { signatures } = context;
  const signed = {
    ...{ now, caller: caller.number, called: called.number },
    ...(signatures !== undefined && { signatures }),
  };
  return {
    callId: `${context.node}/${context.channelId}`,
    linkedId: headerText(fields.linked, 80) || headerText(fields.uid, 80) || context.channelId,
    sipCallId: headerText(fields.sip, 256),
    now,
    caller,
    called: { ...called, raw: fields.did.slice(0, 64) },
    trunk: name,
    verification: verificationFromEntry(fields, trunk, signed),
    history: null,
    noHistoryReason: 'not-asked',
  };
}

/**
 * Which of the dialplan's timers runs for a call, and when it takes the call away (epoch ms).
 * @param receivedAt epoch ms at which the app heard of this stage
 */
export function stayFromEntry(fields: EntryFields, receivedAt: number): Stay {
  const arrived = arrivedAt(fields, receivedAt);
  const wholeMs = (seconds(fields.wd) ?? defaultWatchdogSeconds) * 1000;
  const decision = seconds(fields.dd);
  if (decision === null) return { stage: 'whole', watchdogAt: arrived + wholeMs, interrupted: false };
  if (fields.stage !== 'challenge')
    return { stage: 'decision', watchdogAt: arrived + decision * 1000, interrupted: false };
  return { stage: 'challenge', watchdogAt: arrived + wholeMs, interrupted: isInterrupted(fields.step) };
}

/** The dialplan's settings that are out of their range, so that a default is in force in their place. */
export function oddSettings({ wdbad, ddbad, capbad }: EntryFields): readonly string[] {
  return [
    ...(wdbad === '1' ? ['GATEHOUSE_WATCHDOG'] : []),
    ...(ddbad === '1' ? ['GATEHOUSE_DECISION'] : []),
    ...(capbad === '1' ? ['GATEHOUSE_MAX_DECIDING'] : []),
  ];
}

/** Epoch ms at which the watchdog takes away a call that has just come back for its challenge. */
export function returnedUntil(fields: EntryFields, receivedAt: number): number {
  return Math.max(stayFromEntry(fields, receivedAt).watchdogAt, receivedAt + leastChallengeMs);
}

function seconds(text: string): number | null {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return value > 0 && value <= longestWatchdogSeconds ? value : null;
}

/** The dialplan's arrival time; never after `receivedAt`, so that timings are never negative. */
function arrivedAt(fields: EntryFields, receivedAt: number): number {
  if (!/^\d{10,16}$/.test(fields.at)) return receivedAt;
  const at = Number(fields.at);
  return at <= receivedAt && at > receivedAt - oldestArrivalMs ? at : receivedAt;
}
