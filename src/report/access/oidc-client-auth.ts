import { type ClientAuth, ClientSecretPost, None } from 'openid-client';

/** How the client secret reaches the token endpoint (OpenID Connect Core 9); `auto`: as the provider says it wants it. */
export type ClientAuthMethod =
  | 'auto'
  | 'client_secret_basic'
  | 'client_secret_basic_unencoded'
  | 'client_secret_post';

/**
 * RFC 6749, 2.3.1 form-encodes id and secret before they are put into the Basic header, and many providers compare them without
 * decoding. `auto` therefore posts a secret that encoding would change where the provider takes that, and encodes no more than a
 * browser would (WHATWG URL, application/x-www-form-urlencoded): letters, digits, `*`, `-`, `.` and `_` stay as they are.
 */
export function clientAuth(clientSecret: string | null, method: ClientAuthMethod): ClientAuth {
  if (clientSecret === null) return None();
  const post = ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const { client_id: id } = client;
    const taken = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isPlain = formEncoded(id) === id && formEncoded(clientSecret) === clientSecret;
    const posts =
      taken.includes('client_secret_post') && (!isPlain || !taken.includes('client_secret_basic'));
    const chosen = method === 'auto' ? (posts ? 'client_secret_post' : 'client_secret_basic') : method;
    if (chosen === 'client_secret_post') return post(server, client, body, headers);
    const pair =
      chosen === 'client_secret_basic'
        ? `${formEncoded(id)}:${formEncoded(clientSecret)}`
        : `${id}:${clientSecret}`;
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
