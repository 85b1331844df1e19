import { setTimeout as sleep } from 'node:timers/promises';
import { entryContext } from '../call/trunk.ts';
import type { Console } from './asterisk.ts';

const [everyMs, longestMs, appearsMs, overMs] = [100, 20_000, 3_000, 300];

/** What became of the call to ourselves. */
export type Rung =
  /** `to`: the challenge, or what Asterisk was doing for it: `Dial(PJSIP/operators,30)`. */
  | { readonly kind: 'screened' | 'unscreened'; readonly to: string; readonly reason: string | null }
  /** It ended before it got anywhere. */
  | { readonly kind: 'ended'; readonly last: string };

interface Leg {
  readonly channel: string;
  readonly context: string;
  readonly step: string;
  readonly app: string;
  readonly data: string;
}

/**
 * Calls a number through the entry, as the trunk would, and hangs up as soon as the caller is asked or a person, queue or mailbox is being
 * called. A telephone may ring for a moment.
 * @throws the reason of `interrupted`; then the call is over too
 */
export async function ringOnce(console: Console, number: string, interrupted: AbortSignal): Promise<Rung> {
  const name = `Local/${number}@${entryContext}-`;
  await console.ask(`channel originate Local/${number}@${entryContext}/n application Wait 3`);
  let before: Leg | null = null;
  try {
    for (let ms = 0; ms < longestMs; ms += everyMs) {
      interrupted.throwIfAborted();
      const leg = legOf(await console.ask('core show channels concise'), name);
      if (leg === null && (before !== null || ms > appearsMs))
        return { kind: 'ended', last: placeOf(before) };
      // Twice at one step: it is waiting there.
      if (leg !== null && leg.step === before?.step) {
        const isAsked = leg.context === 'gatehouse-challenge' && leg.app === 'Stasis';
        if (isAsked) return { kind: 'screened', to: 'the challenge', reason: null };
        if (isWithPeople(leg)) return await withPeople(console, leg);
      }
      before = leg;
      await sleep(everyMs);
    }
    return { kind: 'ended', last: placeOf(before) };
  } finally {
    await hangUp(console, name);
  }
}

async function withPeople(console: Console, leg: Leg): Promise<Rung> {
  const variables = await console.ask(`core show channel ${leg.channel}`);
  const reason = /^GATEHOUSE_REASON=(.*)$/m.exec(variables)?.[1] ?? null;
  return { kind: reason === null ? 'screened' : 'unscreened', to: `${leg.app}(${leg.data})`, reason };
}

/** In the site's part of the dialplan, or at a mailbox. */
function isWithPeople({ context }: Leg): boolean {
  return /^gatehouse-(to-|before$|message$)/.test(context) || !context.startsWith('gatehouse-');
}

/** The half of the Local channel that goes through the dialplan. */
function legOf(channels: string, name: string): Leg | null {
  for (const line of channels.split('\n')) {
    const [channel = '', context = '', extension = '', priority = '', , app = '', data = ''] =
      line.split('!');
    if (!channel.startsWith(name) || !channel.endsWith(';2')) continue;
    return { channel, context, step: `${context},${extension},${priority}`, app, data };
  }
  return null;
}

function placeOf(leg: Leg | null): string {
  return leg === null ? 'it never began' : `${leg.app} in [${leg.context}]`;
}

/** The caller's half first: so it is a caller who hangs up, and recorded as one. */
async function hangUp(console: Console, name: string): Promise<void> {
  for (const halves of [[';1'], [';1', ';2']]) {
    const channels = await console.ask('core show channels concise').catch(() => '');
    const left = channels
      .split('\n')
      .map((line) => line.split('!')[0] ?? '')
      .filter((channel) => channel.startsWith(name) && halves.some((half) => channel.endsWith(half)));
    for (const channel of left) await console.ask(`channel request hangup ${channel}`).catch(() => '');
    if (left.length > 0) await sleep(overMs);
  }
}
