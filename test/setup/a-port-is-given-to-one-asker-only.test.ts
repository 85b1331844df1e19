import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts, releasePorts } from '../../lab/free-ports.ts';

const program = `
  import { freePorts } from './lab/free-ports.ts';
  console.log(JSON.stringify(await freePorts(400)));`;

async function portsOfAnotherProcess(): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module-typescript', '--eval', program],
  ]);
  return JSON.parse(stdout) as number[];
}

test('those who ask at once, here and in other processes, get different ports, below what the system hands out', async () => {
  const answers = await Promise.all([freePorts(200), freePorts(200)]);
  const ours = answers.flat();
  onTestFinished(() => releasePorts(ours));
  const all = [...ours, ...(await portsOfAnotherProcess())];
  expect([all.length, new Set(all).size]).toEqual([800, 800]);
  expect(Math.max(...all)).toBeLessThan(32_768);
});

test('a port that somebody listens on is not given', async () => {
  const [port = 0] = await freePorts(1);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  releasePorts([port]);
  for (let asked = 0; asked < 50; asked++) {
    const ports = await freePorts(40);
    expect(ports).not.toContain(port);
    releasePorts(ports);
  }
});
