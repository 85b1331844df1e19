import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { fakeAsterisk, linkTo } from './linked.ts';

async function refusal(url: string, options: Parameters<typeof linkTo>[1] = {}) {
  return linkTo(url, options)
    .link.start()
    .then(
      () => expect.fail('it started'),
      (error: unknown) => error,
    );
}

/** A TCP server that says `greeting` to whoever comes. */
async function speaking(greeting: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('a wrong password names ari.conf and does not repeat the password', async () => {
  const fake = await fakeAsterisk();
  const error = await refusal(fake.url, { password: 'hunter2' });
  expect(error).toMatchObject({ name: 'AriPreflightError', code: 'wrong-credentials' });
  expect(String(error)).toContain('ari.conf');
  expect(String(error)).not.toContain('hunter2');
});

test('a read-only user is found out though it may read', async () => {
  const fake = await fakeAsterisk({ readOnly: true });
  const error = await refusal(fake.url);
  expect(error).toMatchObject({ code: 'read-only-user' });
  expect(String(error)).toContain('read_only = no');
});

test('an HTTP server without ARI there names prefix and ari.conf, after the boot grace', async () => {
  const fake = await fakeAsterisk();
  const error = await refusal(`${fake.url}/wrong-prefix`);
  expect(error).toMatchObject({ code: 'ari-not-found' });
  expect(String(error)).toContain('prefix');
  expect(String(error)).toContain('enabled = yes');
});

test('ARI that appears within the boot grace is no error', async () => {
  const fake = await fakeAsterisk();
  fake.answerWith('GET /asterisk/info', 404, '<html>', 1);
  fake.answerWith('GET /asterisk/info', 503, '', 1);
  const { link, logged } = linkTo(fake.url, { bootGraceMs: 5_000 });
  await link.start();
  expect(link.state()).toBe('connected');
  expect(logged('not available yet')).toHaveLength(2);
});

test.each([
  ['a web server', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'],
  ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n'],
  ['the manager interface', 'Asterisk Call Manager/11.0.0\r\n'],
])('%s in place of ARI is named as such', async (_what, greeting) => {
  const error = await refusal(await speaking(greeting));
  expect(error).toMatchObject({ code: 'not-asterisk' });
});

test('an ARI without the operations we need is refused', async () => {
  const fake = await fakeAsterisk();
  fake.answerWith('GET /api-docs/playbacks.json', 200, { swaggerVersion: '1.1', apis: [] });
  expect(await refusal(fake.url)).toMatchObject({ code: 'unsupported' });
});

test.each(['asterisk:8088', 'ftp://pbx', 'http://user:word@pbx:8088', 'http://pbx:8088/?api_key=a:b', ''])(
  'the URL %j is refused',
  async (url) => {
    expect(await refusal(url)).toMatchObject({ code: 'bad-url' });
  },
);

test('an app name with a comma would be two apps, and is refused', async () => {
  expect(await refusal('http://127.0.0.1:1', { app: 'gatehouse,other' })).toMatchObject({
    code: 'bad-app-name',
  });
});

test('preflight changes nothing in Asterisk; the heartbeat begins after it', async () => {
  const fake = await fakeAsterisk();
  await linkTo(fake.url).link.start();
  const writes = fake.requests.filter(({ method }) => method !== 'GET');
  expect(writes.map(({ route, id }) => [route, id])).toEqual([
    ['DELETE /playbacks/{id}', 'gatehouse-preflight'],
    ['POST /asterisk/variable', 'variable'],
  ]);
});
