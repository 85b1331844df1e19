import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../../lab/free-ports.ts';
import { RunningGatehouse } from './running-gatehouse.ts';

let gatehouse: RunningGatehouse;
afterEach(() => gatehouse.stop());

/** An address of this machine that is not loopback; a machine without one cannot be reached at all. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
const answers = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ status }) => status,
    () => null,
  );
const portOf = () => new URL(gatehouse.url).port;

it('without a token: not there, but on this machine, which probes ask; calls are taken, and the log says what to do', async () => {
  gatehouse = new RunningGatehouse();
  await gatehouse.start({ GATEHOUSE_HTTP: `0.0.0.0:${await freePort()}` });
  if (outside !== undefined) expect(await answers(`http://${outside}:${portOf()}/healthz`)).toBeNull();
  expect(await answers(`${gatehouse.url}/readyz`)).toBe(200);
  const refused = gatehouse.log.lines.find(({ message }) =>
    message.startsWith('Listening on this machine only'),
  );
  expect(refused).toMatchObject({
    level: 'error',
    fields: { asked: '0.0.0.0', remedy: expect.stringContaining('gatehouse token new') },
  });
  // Nobody is a viewer for being near when it was meant to be reached from elsewhere.
  expect(await answers(`${gatehouse.url}/api/report`)).toBe(401);
});

it('behind a proxy that is trusted nobody gets in for being near, whatever headers it leaves out', async () => {
  gatehouse = new RunningGatehouse();
  await gatehouse.start({ GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' });
  expect(await answers(`${gatehouse.url}/api/report`)).toBe(401);
});

it('with a token: there, and nobody gets in for being near', async () => {
  gatehouse = new RunningGatehouse();
  const { mkdirSync } = await import('node:fs');
  mkdirSync(`${gatehouse.dir}/data`);
  const { text } = await gatehouse.tokens.create({ name: 'ann', role: 'viewer', lastsMs: null }, Date.now());
  await gatehouse.start({ GATEHOUSE_HTTP: `0.0.0.0:${await freePort()}` });
  const at = `http://${outside ?? '127.0.0.1'}:${portOf()}`;
  expect(await answers(`${at}/healthz`)).toBe(200);
  expect(await answers(`${at}/metrics`)).toBe(401);
  expect(await answers(`${gatehouse.url}/metrics`)).toBe(401);
  const answer = await fetch(`${at}/metrics`, { headers: { authorization: `Bearer ${text}` } });
  expect(await answer.text()).toContain('gatehouse_ari_state{state="connected"} 1');
});
