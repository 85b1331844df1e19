import type { CallEvent, LaterEvent } from '../screening/ports.ts';
import { parseJson } from './ari-answer.ts';

export interface StartedChannel {
  readonly id: string;
  readonly answered: boolean;
}

/** What Gatehouse reads of ARI's events. */
export type AriEvent =
  | { readonly type: 'call-started'; readonly channel: StartedChannel; readonly args: readonly string[] }
  | { readonly type: 'call-event'; readonly channelId: string; readonly event: CallEvent }
  | { readonly type: 'app-replaced' };

/** `other`: an event that we do not need. `unreadable`: not an ARI event. */
export type NoEvent = 'other' | 'unreadable';

interface RawEvent {
  type?: unknown;
  timestamp?: unknown;
  args?: unknown;
  digit?: unknown;
  duration_ms?: unknown;
  cause?: unknown;
  soft?: unknown;
  application?: unknown;
  channel?: { id?: unknown; state?: unknown };
  playback?: { id?: unknown; target_uri?: unknown; state?: unknown };
}

/**
 * Reads one message of the event socket (https://docs.asterisk.org, ARI events). Never throws.
 * @param app events of other apps are `other`
 */
export function readAriEvent(text: string, app: string): AriEvent | NoEvent {
  const parsed = parseJson(text);
  if (parsed === null || typeof parsed !== 'object') return 'unreadable';
  const raw = parsed as RawEvent;
  if (typeof raw.type !== 'string') return 'unreadable';
  if (typeof raw.application === 'string' && raw.application !== app) return 'other';
  return read(raw) ?? 'other';
}

function read(raw: RawEvent): AriEvent | null {
  if (raw.type === 'ApplicationReplaced') return { type: 'app-replaced' };
  if (raw.type === 'PlaybackFinished') return readPlayback(raw.playback);
  const channelId = raw.channel?.id;
  if (typeof channelId !== 'string') return null;
  if (raw.type === 'StasisStart') {
    const args = Array.isArray(raw.args) ? raw.args.filter((arg) => typeof arg === 'string') : [];
    return { type: 'call-started', channel: { id: channelId, answered: raw.channel?.state === 'Up' }, args };
  }
  const event = readCallEvent(raw);
  return event && { type: 'call-event', channelId, event };
}

function readCallEvent(raw: RawEvent): CallEvent | null {
  switch (raw.type) {
    case 'ChannelDtmfReceived':
      return typeof raw.digit === 'string' ? readKey(raw.digit, raw) : null;
    // A hangup is ChannelHangupRequest, PlaybackFinished (failed), StasisEnd, in that order (measured). `soft`: requested by
    // Asterisk, which is stopping, or at its console, not by the caller.
    case 'ChannelHangupRequest':
    case 'ChannelDestroyed':
      if (raw.soft === true) return { type: 'gone' };
      return { type: 'hangup', cause: typeof raw.cause === 'number' ? raw.cause : null };
    case 'StasisEnd':
      return { type: 'left', at: eventTime(raw.timestamp) };
    default:
      return null;
  }
}

function readKey(digit: string, { timestamp, duration_ms: heldMs }: RawEvent): CallEvent {
  const at = eventTime(timestamp);
  return {
    type: 'digit',
    digit,
    ...(at === null ? {} : { at }),
    ...(typeof heldMs === 'number' && heldMs >= 0 ? { heldMs } : {}),
  };
}

/** Epoch ms of an event's `timestamp` (`2026-03-02T15:00:00.123+0000`), or null. */
export function eventTime(timestamp: unknown): number | null {
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

function readPlayback(playback: RawEvent['playback']): AriEvent | null {
  const target = playback?.target_uri;
  if (typeof playback?.id !== 'string' || typeof target !== 'string') return null;
  if (!target.startsWith('channel:')) return null;
  const event: CallEvent = {
    type: 'playback-finished',
    playbackId: playback.id,
    failed: playback.state === 'failed',
  };
  return { type: 'call-event', channelId: target.slice('channel:'.length), event };
}

/** The requested types of events; a channel in the dialplan causes ten times as many others. */
export const laterEventTypes = ['Dial', 'ChannelDestroyed', 'ApplicationReplaced'] as const;

export type LaterMessage =
  | { readonly type: 'call-event'; readonly channelId: string; readonly event: LaterEvent }
  | { readonly type: 'app-replaced' };

interface RawLaterEvent {
  type?: unknown;
  timestamp?: unknown;
  dialstatus?: unknown;
  cause?: unknown;
  caller?: { id?: unknown };
  channel?: { id?: unknown };
}

/** Most are `Dial` events of ringing phones, which need not be parsed. */
const worthReading = /"dialstatus":\s*"ANSWER"|"type":\s*"(?:ChannelDestroyed|ApplicationReplaced)"/;

/**
 * Reads what a followed channel does in the dialplan (measured on Asterisk 22.10.1). A person answered: `Dial` with dialstatus
 * ANSWER and our channel as the caller, from app_dial and app_queue, also when the channel itself was answered long before. An
 * announcement, a queue's music or a mailbox causes none. Null: not needed. Never throws.
 */
export function readLaterEvent(text: string): LaterMessage | null {
  if (!worthReading.test(text)) return null;
  const parsed = parseJson(text);
  if (parsed === null || typeof parsed !== 'object') return null;
  const { type, timestamp, dialstatus, cause, caller, channel } = parsed as RawLaterEvent;
  const at = eventTime(timestamp) ?? Date.now();
  if (type === 'ApplicationReplaced') return { type: 'app-replaced' };
  if (type === 'Dial' && dialstatus === 'ANSWER' && typeof caller?.id === 'string')
    return { type: 'call-event', channelId: caller.id, event: { type: 'answered', at } };
  if (type === 'ChannelDestroyed' && typeof channel?.id === 'string') {
    const event = { type: 'ended', at, cause: typeof cause === 'number' ? cause : null } as const;
    return { type: 'call-event', channelId: channel.id, event };
  }
  return null;
}
