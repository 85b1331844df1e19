import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../lab/free-ports.ts';
import { silentLog } from '../../src/log/log.ts';
import { localAccess } from '../../src/report/access/access-options.ts';
import type { Health } from '../../src/report/api/health.ts';
import { HttpServer, type HttpServerOptions } from '../../src/report/http-server.ts';

test('a server to which somebody says half a request, or reads nothing of an answer, is closed all the same', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-slow-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [port = 0] = await freePorts(1);
  const server = new HttpServer({
    ...{ host: '127.0.0.1', port, log: silentLog, access: localAccess(dir, silentLog) },
    records: {} as HttpServerOptions['records'],
    health: () => ({ ari: 'connected' }) as Health,
    reload: () => Promise.reject(new Error('not asked for')),
    routes: [(app) => app.get('/long', { config: { role: 'viewer' } }, () => 'x'.repeat(30_000_000))],
  });
  await server.listen();
  const say = async (text: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  };
  await say(`GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Rest: `);
  await once(await say(`GET /long HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`), 'readable');
  const closed = server.close().then(() => 'closed');
  expect(await Promise.race([closed, sleep(5000, 'open')])).toBe('closed');
});
