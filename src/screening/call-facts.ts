import type { CallFacts } from '../policy/facts.ts';
import { calledFacts, callerFacts, isRegion } from '../policy/phone-number.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';
import { verificationFromEntry } from './verification.ts';

const defaultWatchdogSeconds = 60;
const longestWatchdogSeconds = 3600;
/** An arrival older than this was not written by our dialplan; a channel adopted after a restart is far younger. */
const oldestArrivalMs = 24 * 3600 * 1000;

export interface EntryContext {
  /** Name of this Gatehouse node; makes Asterisk's unique id unique across nodes. */
  readonly node: string;
  /** ISO 3166 region in which numbers without a country code are read; settings check it, an unknown one reads as US. */
  readonly defaultRegion: string;
  /** ARI channel id. */
  readonly channelId: string;
  /** Epoch ms at which the app heard of the call. */
  readonly receivedAt: number;
}

/** What the dialplan told of a call, as facts. History is null here. Never throws on hostile fields. */
export function callFactsFromEntry(fields: EntryFields, context: EntryContext): CallFacts {
  const region = isRegion(context.defaultRegion) ? context.defaultRegion : 'US';
  return {
    callId: `${context.node}/${context.channelId}`,
    linkedId: headerText(fields.linked, 80) || headerText(fields.uid, 80) || context.channelId,
    sipCallId: headerText(fields.sip, 256),
    now: arrivedAt(fields, context.receivedAt),
    caller: callerFacts(fields.num, fields.pres, fields.name, region),
    called: calledFacts(fields.did, region),
    trunk: headerText(fields.trunk, 80),
    verification: verificationFromEntry(fields),
    history: null,
    noHistoryReason: 'not-asked',
  };
}

/** Epoch ms at which the dialplan's TIMEOUT(absolute) takes the call from the screener. */
export function watchdogAtFromEntry(fields: EntryFields, receivedAt: number): number {
  const seconds = /^\d{1,6}$/.test(fields.wd) ? Number(fields.wd) : 0;
  const sane = seconds > 0 && seconds <= longestWatchdogSeconds;
  return arrivedAt(fields, receivedAt) + (sane ? seconds : defaultWatchdogSeconds) * 1000;
}

/** The dialplan's arrival time; never after `receivedAt`, so that timings are never negative. */
function arrivedAt(fields: EntryFields, receivedAt: number): number {
  if (!/^\d{10,16}$/.test(fields.at)) return receivedAt;
  const at = Number(fields.at);
  return at <= receivedAt && at > receivedAt - oldestArrivalMs ? at : receivedAt;
}
