import type { CallEvent } from '../screening/ports.ts';
import { parseJson } from './ari-answer.ts';

export interface StartedChannel {
  readonly id: string;
  readonly answered: boolean;
}

/** What Gatehouse reads of ARI's events; everything else is not its business. */
export type AriEvent =
  | { readonly type: 'call-started'; readonly channel: StartedChannel; readonly args: readonly string[] }
  | { readonly type: 'call-event'; readonly channelId: string; readonly event: CallEvent }
  | { readonly type: 'app-replaced' };

/** A readable message of a type that is not ours, and one that is no ARI event at all. */
export type NoEvent = 'other' | 'unreadable';

interface RawEvent {
  type?: unknown;
  args?: unknown;
  digit?: unknown;
  cause?: unknown;
  application?: unknown;
  channel?: { id?: unknown; state?: unknown };
  playback?: { id?: unknown; target_uri?: unknown; state?: unknown };
}

/**
 * Reads one message of the event socket (https://docs.asterisk.org, ARI events). Never throws.
 * @param app events of another app name are not ours
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
      return typeof raw.digit === 'string' ? { type: 'digit', digit: raw.digit } : null;
    // A hangup is told as ChannelHangupRequest, PlaybackFinished (failed), StasisEnd, in that order (measured).
    case 'ChannelHangupRequest':
    case 'ChannelDestroyed':
      return { type: 'hangup', cause: typeof raw.cause === 'number' ? raw.cause : null };
    case 'StasisEnd':
      return { type: 'left' };
    default:
      return null;
  }
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
