import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';

const dockerfile = readFileSync('Dockerfile', 'utf8');
let server: Server | null = null;
afterEach(() => server?.close());

async function listen(status: number): Promise<number> {
  server = createServer((request, response) => {
    response.writeHead(request.url === '/healthz' ? status : 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Runs the very command of the Dockerfile. */
async function health(GATEHOUSE_HTTP: string): Promise<number> {
  const json = /^HEALTHCHECK [^\n]*\\\n\s+CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]';
  const [, ...args] = JSON.parse(json) as string[];
  const child = spawn(process.execPath, args, { env: { ...process.env, GATEHOUSE_HTTP } });
  const [code] = await once(child, 'exit');
  return code;
}

it.each(['127.0.0.1', 'localhost', '0.0.0.0', '[::]'])('is healthy when %s answers', async (host) => {
  const port = await listen(200);
  expect(await health(`${host}:${port}`)).toBe(0);
});

it('is not healthy when it answers with an error', async () => {
  expect(await health(`127.0.0.1:${await listen(503)}`)).toBe(1);
});

it('is not healthy when nobody answers', async () => {
  const port = await listen(200);
  server?.close();
  server?.closeAllConnections();
  expect(await health(`127.0.0.1:${port}`)).toBe(1);
});

it('does not run as root, and keeps no secret', () => {
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).not.toMatch(/PASSWORD|TOKEN|SECRET/);
});

it('is given more time to stop than its calls have to finish', () => {
  const drainSeconds = 20;
  const unit = readFileSync('deploy/gatehouse.service', 'utf8');
  const compose = readFileSync('deploy/compose.yaml', 'utf8');
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(drainSeconds + 5);
  expect(Number(/stop_grace_period: (\d+)s/.exec(compose)?.[1])).toBeGreaterThan(drainSeconds + 5);
});
