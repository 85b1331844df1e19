import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** How a provider differs from a plain one. */
export interface Oddities {
  /** Left out of the metadata when undefined. */
  readonly methods?: readonly string[] | undefined;
  /** Takes the secret only in this way, decoded as RFC 6749 says or compared as it came. */
  readonly wants?: 'basic' | 'basic-undecoded' | 'post' | 'nothing';
  readonly clientId?: string;
  readonly secret?: string;
  /** Added to the address: what it calls itself. */
  readonly path?: string;
  readonly claims?: (now: number) => Record<string, unknown>;
  readonly userInfo?: Record<string, unknown> | 'broken';
  /** What the token endpoint answers instead of tokens. */
  readonly tokenError?: { readonly status: number; readonly body: Record<string, string> };
}

/** An OpenID provider on loopback that is as odd as it is told to be. There is no page: whoever comes is signed in. */
export class OddProvider {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #oddities: Oddities;
  #nonce = '';
  origin = '';

  constructor(oddities: Oddities) {
    this.#oddities = oddities;
  }

  get issuer(): string {
    return `${this.origin}${this.#oddities.path ?? ''}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const { methods, userInfo } = this.#oddities;
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname.endsWith('/.well-known/openid-configuration'))
      return void json(200, {
        issuer: this.issuer,
        authorization_endpoint: `${this.origin}/authorize`,
        token_endpoint: `${this.origin}/token`,
        jwks_uri: `${this.origin}/keys`,
        ...(userInfo === undefined ? {} : { userinfo_endpoint: `${this.origin}/me` }),
        ...(methods === undefined ? {} : { token_endpoint_auth_methods_supported: methods }),
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/keys')
      return void json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256' }] });
    if (url.pathname === '/authorize') {
      this.#nonce = url.searchParams.get('nonce') ?? '';
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', 'one-code');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      return void response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/me')
      return userInfo === 'broken'
        ? void response.writeHead(500).end('no')
        : void json(200, { sub: 'ann', ...userInfo });
    if (url.pathname === '/token') return void this.#token(request, json);
    response.writeHead(404).end();
  }

  async #token(request: IncomingMessage, json: (status: number, body: unknown) => void): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const { tokenError, claims } = this.#oddities;
    if (!this.#isClient(request.headers.authorization ?? '', new URLSearchParams(body)))
      return json(401, { error: 'invalid_client', error_description: `not ${body}` });
    if (tokenError !== undefined) return json(tokenError.status, tokenError.body);
    const now = Math.floor(Date.now() / 1000);
    const token = {
      ...{ iss: this.issuer, aud: this.#clientId, sub: 'ann', nonce: this.#nonce, iat: now, exp: now + 300 },
      ...(claims?.(now) ?? { roles: ['board-analysts'] }),
    };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${part({ alg: 'RS256', kid: '1' })}.${part(token)}`;
    const signature = sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url');
    json(200, { access_token: 'access', token_type: 'Bearer', id_token: `${signed}.${signature}` });
  }

  get #clientId(): string {
    return this.#oddities.clientId ?? 'gatehouse';
  }

  #isClient(authorization: string, body: URLSearchParams): boolean {
    const { wants = 'basic', secret = 'client-secret_of.the-test' } = this.#oddities;
    const isBasic = authorization.startsWith('Basic ');
    if (wants === 'nothing') return !isBasic && !body.has('client_secret');
    if (wants === 'post')
      return !isBasic && body.get('client_id') === this.#clientId && body.get('client_secret') === secret;
    if (!isBasic || body.has('client_secret')) return false;
    const sent = Buffer.from(authorization.slice(6), 'base64').toString();
    const colon = sent.indexOf(':');
    const read = (text: string) => (wants === 'basic' ? decodeURIComponent(text.replaceAll('+', ' ')) : text);
    return read(sent.slice(0, colon)) === this.#clientId && read(sent.slice(colon + 1)) === secret;
  }
}
