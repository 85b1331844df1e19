/** One channel of the fake Asterisk: in Stasis with a list of playbacks, or gone on in the dialplan. */
export interface FakeChannel {
  readonly id: string;
  /** The Stasis app it is in; null when it is elsewhere in the dialplan. */
  app: string | null;
  args: readonly string[];
  answered: boolean;
  /** Apps that subscribed to it, wherever it is. */
  readonly followers: Set<string>;
  /** The first one plays, the others wait. */
  readonly playbacks: FakePlayback[];
  /** Runs when the playbacks have ended, as Asterisk's command queue does. */
  readonly commands: (() => void)[];
  /** Where `continue` sent it; null fields mean: the next priority. */
  continuedAt: { readonly context: string | null; readonly extension: string | null } | null;
}

export interface FakePlayback {
  readonly id: string;
  readonly media: readonly string[];
}

/** As GET /channels and events show it. */
export function channelJson(channel: FakeChannel): object {
  const inStasis = channel.app !== null;
  return {
    id: channel.id,
    name: `PJSIP/carrier-${channel.id}`,
    state: channel.answered ? 'Up' : 'Ring',
    caller: { name: '', number: '' },
    connected: { name: '', number: '' },
    accountcode: '',
    dialplan: {
      context: channel.continuedAt?.context ?? 'gatehouse-in',
      exten: channel.continuedAt?.extension ?? 's',
      priority: 1,
      app_name: inStasis ? 'Stasis' : 'Dial',
      app_data: inStasis ? [channel.app, ...channel.args].join(',') : 'PJSIP/operators',
    },
    creationtime: '2026-01-05T09:00:00.000+0000',
    language: 'en',
  };
}

export function playbackJson(channel: FakeChannel, playback: FakePlayback, state: string): object {
  return {
    id: playback.id,
    media_uri: playback.media[0] ?? '',
    target_uri: `channel:${channel.id}`,
    language: 'en',
    state,
  };
}
