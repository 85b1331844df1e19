import { applicationReply } from './asterisk/fake-application.ts';
import { channelJson, type FakeChannel, playbackJson } from './asterisk/fake-channel.ts';
import { FakeHttp, type FakeHttpSettings, type FakeReply, type FakeRequest } from './asterisk/fake-http.ts';
import { FakeSockets } from './asterisk/fake-socket.ts';

export type { FakeChannel } from './asterisk/fake-channel.ts';
export type { FakeRequest } from './asterisk/fake-http.ts';

export interface FakeAsteriskOptions {
  readonly username?: string;
  readonly password?: string;
  readonly readOnly?: boolean;
  /** 0 picks a free one. */
  readonly port?: number;
  /** Every playback ends by itself after this time; without it only by `finishPlayback`, a stop or a hangup. */
  readonly playbackMs?: number;
}

const gone: FakeReply = { status: 404, body: { message: 'Channel not found' } };
const done: FakeReply = { status: 204 };

/**
 * An Asterisk that speaks real HTTP and WebSocket on loopback, as 22.10.1 was seen to do, and misbehaves on demand.
 * Routes are written `POST /channels/{id}/continue`; `*` is every route.
 */
export class FakeAsterisk {
  readonly url: string;
  readonly port: number;
  readonly http: FakeHttp;
  readonly sockets: FakeSockets;
  readonly channels = new Map<string, FakeChannel>();
  /** Global dialplan variables. */
  readonly globals = new Map<string, string>();
  /** False: a call that asks for the time of a challenge goes on elsewhere. */
  givesBack = true;
  readonly #playbackMs: number | null;
  readonly #timers = new Set<NodeJS.Timeout>();
  #nextId = 1;

  private constructor(http: FakeHttp, sockets: FakeSockets, port: number, playbackMs: number | null) {
    this.http = http;
    this.sockets = sockets;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#playbackMs = playbackMs;
  }

  static async start(options: FakeAsteriskOptions = {}): Promise<FakeAsterisk> {
    const settings: FakeHttpSettings = {
      username: options.username ?? 'gatehouse',
      password: options.password ?? 'secret',
      readOnly: options.readOnly ?? false,
    };
    let fake: FakeAsterisk | null = null;
    const http = new FakeHttp(settings, (request) => fake?.serve(request) ?? { status: 503 });
    const sockets = new FakeSockets(http);
    fake = new FakeAsterisk(http, sockets, await http.listen(options.port ?? 0), options.playbackMs ?? null);
    return fake;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.sockets.drop();
    await this.http.close();
  }

  /** Every request seen, in order. */
  get requests(): readonly FakeRequest[] {
    return this.http.requests;
  }

  /** Requests of one route. */
  requestsOf(route: string): readonly FakeRequest[] {
    return this.http.requests.filter((request) => request.route === route);
  }

  // What callers do.

  /** A call enters Stasis(app,args). `unheard`: without StasisStart, as after a lost socket. Returns the channel id. */
  arrive(
    call: {
      channelId?: string;
      args?: readonly string[];
      answered?: boolean;
      app?: string;
      unheard?: boolean;
    } = {},
  ): string {
    const { args = [], answered = false, app = 'gatehouse', unheard = false } = call;
    const id = call.channelId ?? `1700000000.${this.#nextId++}`;
    if (!unheard && !this.sockets.has(app)) throw new Error(`Stasis(${app}) fails: nobody is registered`);
    const nothingYet = { followers: new Set<string>(), playbacks: [], commands: [], continuedAt: null };
    const channel: FakeChannel = { id, app, args, answered, ...nothingYet };
    this.channels.set(id, channel);
    if (!unheard) this.sockets.send(app, { type: 'StasisStart', args, channel: channelJson(channel) });
    return id;
  }

  press(channelId: string, digits: string): void {
    for (const digit of digits)
      this.#tell(channelId, { type: 'ChannelDtmfReceived', digit, duration_ms: 100 });
  }

  /** Order and events of a caller's BYE as seen on 22.10.1. `unheard`: it just is no longer there. */
  hangUp(channelId: string, options: { cause?: number; unheard?: boolean } = {}): void {
    const channel = this.#channel(channelId);
    if (!options.unheard) {
      const cause = options.cause === undefined ? {} : { cause: options.cause };
      this.#tell(channelId, { type: 'ChannelHangupRequest', ...cause });
      for (const playback of channel.playbacks) this.#tellPlayback(channel, playback.id, 'failed');
      this.#tell(channelId, { type: 'StasisEnd' });
    }
    this.channels.delete(channelId);
  }

  /** The dialplan's TIMEOUT(absolute) takes the call out of Stasis. */
  watchdogTakes(channelId: string, options: { unheard?: boolean } = {}): void {
    const channel = this.#channel(channelId);
    if (!options.unheard) this.#tell(channelId, { type: 'StasisEnd' });
    channel.app = null;
  }

  /** What `Dial()` tells of a call that went on: `RINGING`, `ANSWER`, `BUSY` … */
  dial(channelId: string, dialstatus: string): void {
    const caller = channelJson(this.#channel(channelId));
    const peer = { id: `${channelId}-operator`, state: 'Up' };
    this.#tellFollowers(channelId, { type: 'Dial', dialstatus, dialstring: 'operators', caller, peer });
  }

  /** The end of a call that went on. */
  destroy(channelId: string, cause: number): void {
    const channel = channelJson(this.#channel(channelId));
    this.#tellFollowers(channelId, { type: 'ChannelDestroyed', cause, cause_txt: '', channel });
    this.channels.delete(channelId);
  }

  /** A call that asked for the time of a challenge is in the app again. */
  givesBackNow(channelId: string, step: string): void {
    const channel = this.#channel(channelId);
    this.#tell(channelId, { type: 'StasisEnd' });
    channel.continuedAt = { context: 'gatehouse-challenge', extension: step };
    this.#giveBack(channel, channel.app ?? 'gatehouse');
  }

  /** Ends a playback that is under way or waiting. */
  finishPlayback(playbackId: string, state: 'done' | 'failed' = 'done'): void {
    for (const channel of this.channels.values()) {
      const at = channel.playbacks.findIndex(({ id }) => id === playbackId);
      if (at < 0) continue;
      this.#tellPlayback(channel, playbackId, state);
      channel.playbacks.splice(at, 1);
      this.#startPlayback(channel);
      return;
    }
    throw new Error(`no playback ${playbackId}`);
  }

  // How Asterisk misbehaves. `times`: for so many requests; default: from now on.

  stall(route: string, times = Number.POSITIVE_INFINITY): void {
    this.http.script.add(route, { kind: 'stall' }, times);
  }

  reset(route: string, times = Number.POSITIVE_INFINITY): void {
    this.http.script.add(route, { kind: 'reset' }, times);
  }

  halfAnswer(route: string, times = Number.POSITIVE_INFINITY): void {
    this.http.script.add(route, { kind: 'half-answer' }, times);
  }

  answerWith(
    route: string,
    status: number,
    body: object | string = '',
    times = Number.POSITIVE_INFINITY,
  ): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.http.script.add(route, { kind: 'answer', status, body: text }, times);
  }

  /** The next answer of this route is made at once and sent on `send()`: by then it is an old truth. */
  holdNext(route: string): { readonly asked: Promise<void>; send(): void } {
    const asked = Promise.withResolvers<void>();
    const until = Promise.withResolvers<void>();
    this.http.script.add(route, { kind: 'hold', asked: asked.resolve, until: until.promise }, 1);
    return { asked: asked.promise, send: until.resolve };
  }

  /** Ends all scripted misbehavior of HTTP and of the sockets. */
  behave(): void {
    this.http.script.clear();
    this.sockets.silent = false;
    this.sockets.refuseWith = null;
  }

  /** Sends any event, or any text, to the app. */
  send(event: object | string, app = 'gatehouse'): void {
    if (typeof event === 'string') this.sockets.sendText(app, event);
    else this.sockets.send(app, event);
  }

  /** What the routes do; called by the HTTP part. */
  serve(request: FakeRequest): FakeReply | Promise<FakeReply> {
    if (request.route === 'GET /asterisk/info') {
      return { status: 200, body: { system: { version: '22.10.1', entity_id: '00:00:00:00:00:01' } } };
    }
    if (request.route === 'GET /asterisk/variable') {
      const value = request.query.variable === 'EPOCH' ? String(Math.floor(Date.now() / 1000)) : '';
      return { status: 200, body: { value } };
    }
    if (request.route === 'POST /asterisk/variable') {
      this.globals.set(request.query.variable ?? '', request.query.value ?? '');
      return done;
    }
    if (request.route === 'GET /channels/{id}') {
      const channel = this.channels.get(request.id);
      return channel ? { status: 200, body: channelJson(channel) } : gone;
    }
    if (request.route === 'GET /channels/{id}/variable') {
      const value = this.globals.get(request.query.variable ?? '');
      return value === undefined
        ? { status: 404, body: { message: 'no such variable' } }
        : { status: 200, body: { value } };
    }
    if (request.route === 'GET /channels') {
      return { status: 200, body: [...this.channels.values()].map(channelJson) };
    }
    if (request.route === 'DELETE /playbacks/{id}') return this.#stop(request.id);
    if (request.route.includes('/applications/{id}/'))
      return applicationReply(request, this.sockets, this.channels);
    const operation = /^POST \/channels\/\{id\}\/(answer|play|continue)$/.exec(request.route)?.[1];
    if (operation === undefined) return { status: 404, body: { message: 'Resource not found' } };
    const channel = this.channels.get(request.id);
    if (!channel) return gone;
    if (channel.app === null) return { status: 409, body: { message: 'Channel not in Stasis application' } };
    if (operation === 'play') return this.#play(channel, request.query);
    return operation === 'answer' ? this.#answer(channel) : this.#continue(channel, request.query);
  }

  #play(channel: FakeChannel, query: FakeRequest['query']): FakeReply {
    const playback = {
      id: query.playbackId ?? `p${this.#nextId++}`,
      media: (query.media ?? '').split(','),
    };
    channel.playbacks.push(playback);
    if (channel.playbacks.length === 1) this.#startPlayback(channel);
    return { status: 201, body: playbackJson(channel, playback, 'queued') };
  }

  /** Blocks until the channel's own playlist has ended, as the real one does. */
  #answer(channel: FakeChannel): Promise<FakeReply> {
    return new Promise((resolve) => {
      this.#whenIdle(channel, () => {
        channel.answered = true;
        this.#tell(channel.id, { type: 'ChannelStateChange' });
        resolve(done);
      });
    });
  }

  /** Queued: takes effect after the playbacks. */
  #continue(channel: FakeChannel, query: FakeRequest['query']): FakeReply {
    this.#whenIdle(channel, () => {
      channel.continuedAt = { context: query.context ?? null, extension: query.extension ?? null };
      this.#tell(channel.id, { type: 'StasisEnd' });
      const app = channel.app;
      channel.app = null;
      if (query.context === 'gatehouse-challenge' && this.givesBack) this.#giveBack(channel, app ?? '');
    });
    return done;
  }

  /** As the shipped dialplan does: with the same facts, and what the challenge was called. */
  #giveBack(channel: FakeChannel, app: string): void {
    const facts = channel.args.filter((arg) => !/^(?:stage|step)=/.test(arg));
    channel.args = [...facts, 'stage=challenge', `step=${channel.continuedAt?.extension ?? ''}`];
    channel.app = app;
    if (this.sockets.has(app))
      this.sockets.send(app, { type: 'StasisStart', args: channel.args, channel: channelJson(channel) });
  }

  #stop(playbackId: string): FakeReply {
    for (const channel of this.channels.values()) {
      if (!channel.playbacks.some(({ id }) => id === playbackId)) continue;
      this.finishPlayback(playbackId);
      return done;
    }
    return { status: 404, body: { message: 'Playback not found' } };
  }

  #whenIdle(channel: FakeChannel, command: () => void): void {
    if (channel.playbacks.length === 0) setImmediate(() => this.channels.has(channel.id) && command());
    else channel.commands.push(command);
  }

  #startPlayback(channel: FakeChannel): void {
    const playback = channel.playbacks[0];
    if (playback === undefined) {
      for (const command of channel.commands.splice(0)) command();
      return;
    }
    this.#tellPlayback(channel, playback.id, 'playing');
    if (this.#playbackMs === null) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (channel.playbacks[0] === playback && this.channels.has(channel.id))
        this.finishPlayback(playback.id);
    }, this.#playbackMs);
    this.#timers.add(timer);
  }

  #tellPlayback(channel: FakeChannel, playbackId: string, state: 'playing' | 'done' | 'failed'): void {
    const playback = channel.playbacks.find(({ id }) => id === playbackId);
    if (!playback || channel.app === null) return;
    const type = state === 'playing' ? 'PlaybackStarted' : 'PlaybackFinished';
    this.sockets.send(channel.app, { type, playback: playbackJson(channel, playback, state) });
  }

  #tell(channelId: string, event: object): void {
    const channel = this.#channel(channelId);
    if (channel.app !== null) this.sockets.send(channel.app, { ...event, channel: channelJson(channel) });
  }

  #tellFollowers(channelId: string, event: object): void {
    for (const app of this.#channel(channelId).followers) this.sockets.send(app, event);
  }

  #channel(channelId: string): FakeChannel {
    const channel = this.channels.get(channelId);
    if (!channel) throw new Error(`no channel ${channelId}`);
    return channel;
  }
}
