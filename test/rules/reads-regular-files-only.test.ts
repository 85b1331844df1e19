import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LivePolicy, RulesRefused } from '../../src/rules/live-policy.ts';
import { loadRules } from '../../src/rules/read-rules.ts';

let dir: string;
let live: LivePolicy | null = null;
let server: Server | null = null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  cpSync('rules', dir, { recursive: true });
});
afterEach(() => {
  live?.close();
  server?.close();
  live = null;
  server = null;
  rmSync(dir, { recursive: true, force: true });
});

const odd: Record<string, (path: string) => void | Promise<void>> = {
  'a FIFO': (path) => void execFileSync('mkfifo', [path]),
  'a link to a FIFO': (path) => {
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    symlinkSync(join(dir, 'pipe'), path);
  },
  'a directory': (path) => void mkdirSync(path),
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a link to a terminal': (path) => symlinkSync('/dev/tty', path),
  'a socket': (path) =>
    new Promise((resolve) => {
      server = createServer().listen(path, resolve);
    }),
};

const files = ['lists/blocked.txt', 'policy.yaml', 'prompts.yaml', 'cases/odd.yaml', 'calendars/odd.yaml'];

describe('what is no regular file is refused at once', () => {
  for (const [kind, make] of Object.entries(odd)) {
    it(`${kind} in place of any file`, async () => {
      for (const file of files) {
        rmSync(join(dir, file), { force: true, recursive: true });
        rmSync(join(dir, 'pipe'), { force: true });
        await make(join(dir, file));
        const { policy, problems } = await loadRules(dir);
        expect(policy).toBeNull();
        expect(problems).toContainEqual(
          expect.objectContaining({ severity: 'error', code: 'not-a-file', file: join(dir, file) }),
        );
        server?.close();
        rmSync(join(dir, file), { force: true, recursive: true });
        cpSync('rules', dir, { recursive: true });
      }
    });
  }
});

it('a list that becomes a FIFO leaves the policy in force', async () => {
  live = await LivePolicy.open(dir);
  const { version } = live.current();
  rmSync(join(dir, 'lists/blocked.txt'));
  execFileSync('mkfifo', [join(dir, 'lists/blocked.txt')]);
  const { ok, problems } = await live.reload();
  expect(ok).toBe(false);
  expect(problems[0]).toMatchObject({ code: 'not-a-file', message: expect.stringContaining('FIFO') });
  expect(live.current().version).toBe(version);
});

it('a start with a FIFO ends with a named problem', async () => {
  rmSync(join(dir, 'policy.yaml'));
  execFileSync('mkfifo', [join(dir, 'policy.yaml')]);
  await expect(LivePolicy.open(dir)).rejects.toThrow(RulesRefused);
});

it('a file without an end, of /proc, is read no further than its bound', async () => {
  rmSync(join(dir, 'cases/hospital.yaml'), { force: true });
  symlinkSync('/proc/self/maps', join(dir, 'cases/odd.yaml'));
  const { problems } = await loadRules(dir);
  expect(problems.some(({ file }) => file.endsWith('odd.yaml'))).toBe(true);
});
