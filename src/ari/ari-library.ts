import { createRequire, Module } from 'node:module';
import type { ChannelData, Client } from 'ari-client';
import type { SwaggerHttpRequest } from 'swagger-client';
import { CallControlError, type DialplanTarget } from '../screening/ports.ts';
import { AriPreflightError } from './ari-address.ts';
import { answerError, parseJson } from './ari-answer.ts';
import type { AriHttp } from './ari-http.ts';

export type { ChannelData } from 'ari-client';

/** ari-client parses only what we call; its cost per instance is in the number of operations. */
const resources = ['channels', 'playbacks'] as const;
const operations = {
  channels: ['list', 'get', 'getChannelVar', 'answer', 'play', 'continueInDialplan'],
  playbacks: ['stop'],
} as const;

/**
 * ari-client 2.2.0's operations on our own transport. Its socket, its emitter and its resource objects are not used.
 * Every operation settles within the transport's deadline or rejects with CallControlError.
 */
export class AriLibrary {
  readonly #client: Client;
  readonly #host: string;

  private constructor(client: Client, host: string) {
    this.#client = client;
    this.#host = host;
  }

  /**
   * Reads Asterisk's API description and lets ari-client build its operations from it.
   * @throws CallControlError when Asterisk does not answer; AriPreflightError `unsupported`, `not-asterisk`
   */
  static async open(http: AriHttp): Promise<AriLibrary> {
    const documents = await apiDocuments(http);
    const host = nameTransport((path, request) => {
      const document = documents.get(path);
      // swagger-client expects its answers later, never during the call.
      if (document !== undefined) setImmediate(() => answer(request, { data: document, status: 200 }));
      else void carry(http, path, request);
    });
    documents.forEach((document, path) => {
      documents.set(path, document.replaceAll(baseMark, `http://${host}/ari`));
    });
    try {
      const { default: ari } = await import('ari-client');
      const client = await ari.connect(`http://${host}`, '', '');
      requireOperations(client);
      return new AriLibrary(client, host);
    } catch (error) {
      forgetTransport(host);
      throw error instanceof AriPreflightError ? error : unsupported(error);
    }
  }

  close(): void {
    forgetTransport(this.#host);
  }

  /** Every channel in Asterisk, of any application. */
  channels(): Promise<readonly ChannelData[]> {
    return settle(() => this.#client.channels.list());
  }

  /** @throws CallControlError `gone` when there is no such channel */
  channel(channelId: string): Promise<ChannelData> {
    return settle(() => this.#client.channels.get({ channelId }));
  }

  /** The value of a variable, a function or a global; empty: there is none. Reading waits for nothing of the channel. */
  async variable(channelId: string, variable: string): Promise<string> {
    const read = () => this.#client.channels.getChannelVar({ channelId, variable });
    return (await settle<{ value?: string }>(read)).value ?? '';
  }

  /** Blocks in Asterisk until the channel's own playlist has ended. */
  answer(channelId: string): Promise<void> {
    return settle(() => this.#client.channels.answer({ channelId }));
  }

  play(channelId: string, playbackId: string, media: readonly string[]): Promise<void> {
    return settle(() => this.#client.channels.play({ channelId, playbackId, media: media.join(',') }));
  }

  stopPlayback(playbackId: string): Promise<void> {
    return settle(() => this.#client.playbacks.stop({ playbackId }));
  }

  /** Without a target: at the dialplan's next priority after Stasis(). */
  continueAt(channelId: string, target: DialplanTarget | null): Promise<void> {
    return settle(() =>
      this.#client.channels.continueInDialplan({ channelId, ...(target && { ...target, priority: 1 }) }),
    );
  }
}

/** ari-client answers with bluebird promises, and throws strings. */
async function settle<T>(operation: () => PromiseLike<unknown>): Promise<T> {
  try {
    return (await operation()) as T;
  } catch (error) {
    if (error instanceof CallControlError) throw error;
    throw new CallControlError('refused', `ari-client: ${String(error)}`, null, error);
  }
}

async function carry(http: AriHttp, path: string, request: SwaggerHttpRequest): Promise<void> {
  try {
    const below = path.slice('/ari'.length);
    const method = request.method.toUpperCase();
    const result = await http.request(method, below);
    const error = answerError(`${method} ${below.replace(/\?.*/s, '')}`, result);
    if (error) throw error;
    answer(request, { data: result.body, status: result.status });
  } catch (error) {
    request.on.error(error);
  }
}

/** An error thrown in ari-client's callback would leave its promise pending forever: it becomes the rejection. */
function answer(request: SwaggerHttpRequest, result: { data: string; status: number }): void {
  try {
    request.on.response(result);
  } catch (error) {
    try {
      request.on.error(error);
    } catch {
      // swagger-client's fail() throws after it has rejected.
    }
  }
}

/** Stands in the documents for the base path, which Asterisk fills with the Host it was asked on. */
const baseMark = 'gatehouse-base-path';

/** The API documents by the path ari-client will ask for, cut down to what is used. */
async function apiDocuments(http: AriHttp): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  // 1.1 makes swagger-client print a notice on stdout; it reads 1.2 in the same way.
  const common = { basePath: baseMark, swaggerVersion: '1.2' };
  const apis = resources.map((name) => ({ path: `/api-docs/${name}.{format}`, description: name }));
  documents.set('/ari/api-docs/resources.json', JSON.stringify({ ...common, apis }));
  for (const name of resources) {
    const path = `/api-docs/${name}.json`;
    const result = await http.request('GET', path);
    const error = answerError(`GET ${path}`, result);
    if (error?.status === 404) throw unsupported(error);
    if (error) throw error;
    documents.set(`/ari${path}`, JSON.stringify({ ...(parseJson(result.body) as object), ...common }));
  }
  return documents;
}

function requireOperations(client: Client): void {
  for (const resource of resources) {
    for (const operation of operations[resource]) {
      const found: unknown = (client[resource] as Record<string, unknown> | undefined)?.[operation];
      if (typeof found !== 'function') throw unsupported(`no operation ${resource}.${operation}`);
    }
  }
}

function unsupported(cause: unknown): AriPreflightError {
  return new AriPreflightError(
    'unsupported',
    `This Asterisk's ARI description cannot be used (${String(cause)}). Gatehouse needs Asterisk 20 or newer with res_ari_channels and res_ari_playbacks loaded.`,
    cause,
  );
}

/**
 * Where the requests of one ari-client instance go. ari-client keeps its transport and credentials process-wide, so each
 * instance gets a made-up host, which identifies its requests.
 */
type LibraryTransport = (path: string, request: SwaggerHttpRequest) => void;

const transports = new Map<string, LibraryTransport>();

let isReplaced = false;

/** Names a host on which ari-client's requests reach `transport`. RFC 6761 `.invalid`: it can never resolve. */
function nameTransport(transport: LibraryTransport): string {
  replaceTransport();
  const host = `link-${transports.size + 1}.invalid`;
  transports.set(host, transport);
  return host;
}

function forgetTransport(host: string): void {
  // The key stays, so that no name is used twice.
  transports.set(host, (_path, request) => request.on.error(new Error('this ARI link is closed')));
}

/** Replaces swagger-client's transport and `request` with ours, once a process. */
function replaceTransport(): void {
  if (isReplaced) return;
  isReplaced = true;
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve('ari-client'));
  // ari-client calls `request` once to check that the host answers. Preflight did that, with credentials and a deadline.
  const probe = new Module(theirs.resolve('request'));
  probe.exports = (_url: string, done: (error: null) => void) => setImmediate(done, null);
  probe.loaded = true;
  ours.cache[theirs.resolve('request')] = probe;

  const swagger: typeof import('swagger-client').default = theirs('swagger-client');
  // The transport has the credentials; encoding empty ones took a third of each request's time.
  swagger.PasswordAuthorization.prototype.apply = () => true;
  swagger.SwaggerHttp.prototype.execute = (request) => {
    const url = new URL(request.url);
    const transport = transports.get(url.hostname);
    if (transport) transport(url.pathname + url.search, request);
    else setImmediate(() => request.on.error(new Error('no ARI link of that name')));
  };
}
