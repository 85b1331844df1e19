import type { LaterEvent } from '../screening/ports.ts';
import { parseJson } from './ari-answer.ts';

/** The types of events that are asked for; a channel in the dialplan causes ten times as many others. */
export const laterEventTypes = ['Dial', 'ChannelDestroyed', 'ApplicationReplaced'] as const;

export type LaterMessage =
  | { readonly type: 'call-event'; readonly channelId: string; readonly event: LaterEvent }
  | { readonly type: 'app-replaced' };

interface RawEvent {
  type?: unknown;
  dialstatus?: unknown;
  cause?: unknown;
  caller?: { id?: unknown };
  channel?: { id?: unknown };
}

/** Most are `Dial` events of phones that ring: those are not even parsed. */
const worthReading = /"dialstatus":\s*"ANSWER"|"type":\s*"(?:ChannelDestroyed|ApplicationReplaced)"/;

/**
 * Reads what a followed channel does in the dialplan (measured on Asterisk 22.10.1). Somebody answered: `Dial` with
 * dialstatus ANSWER, our channel being the caller; app_dial and app_queue tell it so, also when the channel itself was
 * answered long before. An announcement, a queue's music or a mailbox answers without one. Null: nothing for us. Never throws.
 */
export function readLaterEvent(text: string): LaterMessage | null {
  if (!worthReading.test(text)) return null;
  const parsed = parseJson(text);
  if (parsed === null || typeof parsed !== 'object') return null;
  const { type, dialstatus, cause, caller, channel } = parsed as RawEvent;
  if (type === 'ApplicationReplaced') return { type: 'app-replaced' };
  if (type === 'Dial' && dialstatus === 'ANSWER' && typeof caller?.id === 'string')
    return { type: 'call-event', channelId: caller.id, event: { type: 'answered' } };
  if (type === 'ChannelDestroyed' && typeof channel?.id === 'string') {
    const event = { type: 'ended', cause: typeof cause === 'number' ? cause : null } as const;
    return { type: 'call-event', channelId: channel.id, event };
  }
  return null;
}
