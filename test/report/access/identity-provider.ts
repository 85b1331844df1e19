import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface Person {
  readonly id: string;
  readonly claims: Record<string, unknown>;
}

/** A certified OpenID provider on loopback, with people in it; anybody's password is right. */
export class IdentityProvider {
  readonly #server: Server = createServer();
  readonly people = new Map<string, Person>();
  url = '';

  /** @param inIdToken whether roles stand in the ID token, or in the user info only */
  async start(redirectUri: string, { inIdToken = true } = {}): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: 'gatehouse',
          client_secret: 'client-secret-of-the-test',
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      claims: { openid: ['sub'], profile: ['preferred_username', 'roles'] },
      conformIdTokenClaims: !inIdToken,
      pkce: { required: () => true },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, ...this.people.get(id)?.claims }),
      }),
      cookies: { keys: ['a key of the test'] },
    });
    this.#server.on('request', provider.callback());
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Follows redirects and keeps cookies, each site's apart, as a browser does. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  async go(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ readonly url: string; readonly answer: Response }> {
    let at = url;
    let body = form;
    for (let hops = 0; hops < 20; hops++) {
      const jar = this.#jar(at);
      const answer = await fetch(at, {
        redirect: 'manual',
        headers: {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          accept: 'text/html',
        },
        ...(body === undefined ? {} : { method: 'POST', body: new URLSearchParams(body) }),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      const next = answer.headers.get('location');
      if (next === null) return { url: at, answer };
      at = new URL(next, at).href;
      body = undefined;
    }
    throw new Error('redirected round and round');
  }

  /** Forgets what a site gave it. */
  forget(url: string): void {
    this.#cookies.delete(new URL(url).host);
  }

  #jar(url: string): Map<string, string> {
    // Cookies do not know ports; these two sites have one name and different cookies.
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    return jar;
  }
}
