import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FeedStore } from '../../src/lists/feeds/feed-store.ts';
import { fetchFeed } from '../../src/lists/feeds/fetch-feed.ts';
import { ListLibrary, type ListLibraryOptions } from '../../src/lists/list-library.ts';
import { decide } from '../../src/policy/decide.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import { runCli } from '../cli/run-cli.ts';
import { csv, feedServer } from '../lists/feeds/feed-server.ts';
import { callFrom } from '../policy/policy-fixture.ts';

type Server = Awaited<ReturnType<typeof feedServer>>;
type Answer = Server['state']['answer'];

const strangers = ['+442079460123', '+13175550142', '+33123456789', '+911123456789', '+525512345678'];
const base = '+13175550170';
const good = (extra = '') => csv(`number\n${base}\n+13175550171\n${extra}`, `"${extra.length}"`);

let dir: string;
let data: string;
let server: Server;
let live: LivePolicy | null = null;
let lists: ListLibrary | null = null;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  data = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
  server = await feedServer(good());
  declare(server.url);
});
afterEach(async () => {
  await stop();
  for (const one of [dir, data]) rmSync(one, { recursive: true, force: true });
});

/** The shipped rules, and below the first a feed of callers who are turned away. */
function declare(url: string, more = ''): void {
  rmSync(dir, { recursive: true, force: true });
  cpSync('rules', dir, { recursive: true });
  const text = readFileSync(join(dir, 'policy.yaml'), 'utf8')
    .replace('\nlists:\n', `\nlists:\n  scam: { url: "${url}", kind: block${more} }\n`)
    .replace(
      '  - id: blocked\n',
      '  - { id: scam, when: { caller: { in: scam } }, then: { reject: {} } }\n  - id: blocked\n',
    );
  writeFileSync(join(dir, 'policy.yaml'), text);
}

async function start(options: Partial<ListLibraryOptions> = {}): Promise<LivePolicy> {
  lists = new ListLibrary({
    dir: join(data, 'lists'),
    serving: true,
    maxFeedBytes: 1024 * 1024,
    fetch: (request) => fetchFeed({ ...request, timeoutMs: 2000 }),
    ...options,
  });
  live = await LivePolicy.open(dir, { lists, accepted: join(data, 'accepted') });
  return live;
}

async function stop(): Promise<void> {
  live?.close();
  await lists?.close();
  live = null;
  lists = null;
}

/** Fetches, and loads what came. */
async function fetchNow(): Promise<void> {
  await vi.waitFor(() => expect(lists?.status()[0]?.nextFetchAt).not.toBeNull(), 90_000);
  await lists?.fetchNow('scam');
  await live?.reload();
}

const state = () => lists?.status().find(({ id }) => id === 'scam');
const rejects = (number: string) => {
  if (live === null) throw new Error('not started');
  return decide(callFrom(number), live.current()).verdict.kind === 'reject';
};

function expectTheGoodList(): void {
  expect(rejects(base)).toBe(true);
  expect(strangers.filter(rejects)).toEqual([]);
}

const rows = (count: number) => Array.from({ length: count }, (_, i) => `+1317${2_000_000 + i}\n`).join('');
const text = (body: string | Buffer, headers = {}): Answer => {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/csv', ...headers }).end(body);
};
const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, '1'));

const hostile: Record<string, readonly [code: string, answer: Answer]> = {
  'a prefix of a country': ['feed-prefixes', text('number\n+4*\n')],
  'prefixes of every country': [
    'feed-prefixes',
    text(`number\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `+${digit}*\n`).join('')}`),
  ],
  'a premium prefix among thousands of numbers': ['feed-prefixes', text(`number\n${rows(900)}+1900*\n`)],
  'a range over half a country': ['feed-prefixes', text('number\n+12002000000..+19999999999\n')],
  'an error page': ['feed-not-a-list', text('<!doctype html><title>Down</title><p>for maintenance')],
  nothing: ['feed-not-a-list', text('')],
  'a header alone': ['feed-not-a-list', text('number\n')],
  'rows that are no numbers: +, 1, *': ['feed-not-a-list', text('number\n+\n1\n*\n')],
  'a workbook': ['feed-not-a-list', text(Buffer.from('PK\x03\x04[Content_Types].xml'))],
  'a bomb, packed': ['feed-not-a-list', text(bomb, { 'content-encoding': 'gzip' })],
  'a bomb in a bomb': ['feed-not-a-list', text(gzipSync(bomb), { 'content-encoding': 'gzip' })],
  'gzip in gzip in gzip': ['feed-not-a-list', text(gzipSync(gzipSync(gzipSync('number\n+13175550172\n'))))],
  'compressed as nobody asked': ['feed-encoding', text('x', { 'content-encoding': 'br' })],
  'a bomb that does not say that it is packed': ['feed-not-a-list', text(bomb)],
  'a row without an end': ['feed-not-a-list', text(`number\n${'1'.repeat(900_000)}`)],
  'more bytes than are read': ['feed-too-large', text(`number\n${rows(90_000)}`)],
  'an answer without an end': [
    'feed-too-large',
    (_request, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(rows(1000)));
      };
      response.on('drain', more);
      response.on('error', () => undefined);
      more();
    },
  ],
  'an answer that drips': [
    'feed-timeout',
    (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('1'), 50);
      response.on('close', () => clearInterval(drip));
    },
  ],
  'redirects in a circle': [
    'feed-redirect',
    (_request, response) => response.writeHead(302, { location: '/feed.csv' }).end(),
  ],
  'a redirect to a file of this machine': [
    'feed-redirect',
    (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  ],
  'thousands of rows where there were two': ['feed-growth', text(`number\n${base}\n${rows(5000)}`)],
  'numbers that must pass': ['feed-policy-refused', text(`number\n${base}\n${staff()}`)],
  'our own numbers': [
    'feed-policy-refused',
    text(`number\n${base}\n${Array.from({ length: 10 }, (_, i) => `+1317555010${i}\n`).join('')}`),
  ],
};

function staff(): string {
  const column = readFileSync('rules/lists/staff.csv', 'utf8').split('\n').slice(1);
  const numbers = column.map((line) => line.split(',')[0] ?? '');
  return numbers.filter((number) => number !== '' && !number.includes('..')).join('\n');
}

describe('whatever a feed brings, the last good list stays in force, over a restart too', () => {
  const met = new Set<string>();
  for (const [what, [code, answer]] of Object.entries(hostile)) {
    // What is kept on disk is the same for all of a kind.
    const restarts = !met.has(code);
    met.add(code);
    it(what, async () => {
      await start();
      await fetchNow();
      expectTheGoodList();
      server.state.answer = answer;
      await fetchNow();
      expect(state()?.lastError?.code).toBe(code);
      expectTheGoodList();
      expect(live?.status()).toMatchObject({ refused: null, standIn: null });

      if (restarts) {
        await stop();
        await start();
        expectTheGoodList();
        expect(live?.status()).toMatchObject({ refused: null, standIn: null });
      }

      server.state.answer = good('+13175550172\n');
      await fetchNow();
      expect(state()).toMatchObject({ lastError: null, quarantined: null });
      expect(rejects('+13175550172')).toBe(true);
      expectTheGoodList();
    }, 60_000);
  }

  it('a list that loses nearly all of its rows', async () => {
    server.state.answer = text(`number\n${base}\n${rows(900)}`);
    await start();
    await fetchNow();
    expect(rejects('+13172000005')).toBe(true);
    server.state.answer = text(`number\n+13175550172\n`);
    await fetchNow();
    expect(state()?.quarantined?.code).toBe('feed-shrank');
    expect(rejects('+13172000005')).toBe(true);
  });

  it('a FIFO in place of a file that another program writes', async () => {
    const path = join(data, 'feed.csv');
    writeFileSync(path, `number\n${base}\n`);
    declare(pathToFileURL(path).href);
    await start();
    await fetchNow();
    expectTheGoodList();
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await fetchNow();
    expect(state()?.lastError?.message).toContain('FIFO');
    expectTheGoodList();
  });
});

describe('more callers than one fetch may turn away', () => {
  it('wait for a person; a few may be new spammers', async () => {
    let counted: { callers: number; listed: number } | null = { callers: 1000, listed: 20 };
    await start({ countCallers: async () => counted });
    await fetchNow();
    expectTheGoodList();
    counted = { callers: 1000, listed: 21 };
    server.state.answer = good('+13175550172\n');
    await fetchNow();
    expect(state()?.quarantined).toMatchObject({ code: 'feed-turns-away' });
    expect(state()?.quarantined?.message).toContain('21 of the 1000 callers');
    expect(rejects('+13175550172')).toBe(false);
    // Without records the other caps hold.
    counted = null;
    await fetchNow();
    expect(state()?.quarantined).toBeNull();
    expect(rejects('+13175550172')).toBe(true);
  });
});

it('a person accepts what is in quarantine, and the running process loads it', async () => {
  declare(server.url, ', prefixes: 1000');
  server.state.answer = text(`number\n${base}\n+1317777*\n`);
  await start();
  await fetchNow();
  expect(state()?.quarantined).toMatchObject({ code: 'feed-covers' });
  expect(rejects(base)).toBe(false);

  const env = { GATEHOUSE_RULES: dir, GATEHOUSE_DATA: data };
  const shown = await runCli(['lists'], { env });
  expect(shown.stdout).toContain('! quarantined for 0 min');
  expect(await runCli(['lists', 'accept', 'customers'], { env })).toMatchObject({ exitCode: 1 });
  expect(await runCli(['lists', 'accept', 'scam'], { env })).toMatchObject({ exitCode: 0 });
  await vi.waitFor(() => expect(rejects(base)).toBe(true), 90_000);
  await vi.waitFor(() => expect(state()?.quarantined).toBeNull(), 90_000);
  expect(await runCli(['lists', 'accept', 'scam'], { env })).toMatchObject({ exitCode: 1 });

  await stop();
  await start();
  expect(rejects(base)).toBe(true);
}, 60_000);

it('what a person accepted still has to hold every proof', async () => {
  await start();
  await fetchNow();
  server.state.answer = text(`number\n${base}\n${staff()}`);
  await fetchNow();
  expect(state()?.quarantined?.message).toContain('must-pass');
  expect(state()?.quarantined?.message).toContain('publisher');
  const store = new FeedStore(join(data, 'lists/feeds'));
  expect(await store.release('scam', server.url)).toBe(true);
  await vi.waitFor(() => expect(state()?.quarantined?.code).toBe('feed-policy-refused'), 90_000);
  await live?.reload();
  expectTheGoodList();
  expect(live?.status().refused).toBeNull();
}, 60_000);

it('of two feeds the good one comes into force though the other is refused', async () => {
  const other = await feedServer(csv('number\n+13175550172\n', '"other"'));
  const policy = join(dir, 'policy.yaml');
  const more = `\nlists:\n  board: { url: "${other.url}", kind: block }\n`;
  writeFileSync(
    policy,
    readFileSync(policy, 'utf8').replace('\nlists:\n', more).replace('{ in: scam }', '{ in: [board, scam] }'),
  );
  await start();
  await vi.waitFor(() => expect(rejects('+13175550172')).toBe(true), 90_000);
  await stop();
  // Both brought something before the process ended.
  const store = new FeedStore(join(data, 'lists/feeds'));
  const note = (url: string) => ({ url, etag: null, lastModified: null, fetchedAt: 1, checkedAt: 1 });
  writeFileSync(store.freshPath('scam'), `number\n${base}\n${staff()}`);
  await store.propose('scam', note(server.url));
  writeFileSync(store.freshPath('board'), 'number\n+13175550173\n');
  await store.propose('board', note(other.url));
  await start();
  expect(rejects('+13175550173')).toBe(true);
  expect(live?.status().refused).toBeNull();
  expect(await store.quarantined('scam', server.url)).toMatchObject({ code: 'feed-policy-refused' });
}, 60_000);

it('a feed is fetched while the rules are refused, and its mended content heals them', async () => {
  await start();
  await fetchNow();
  await vi.waitFor(() => expect(live?.status().kept).toMatchObject({ error: null }), 90_000);
  // The number in force becomes one of ours, which must pass.
  writeFileSync(join(dir, 'lists/staff.csv'), `number,name\n${base},Ours\n`);
  rmSync(join(dir, 'cases'), { recursive: true });
  await live?.reload();
  expect(live?.status().refused?.problems[0]?.code).toBe('must-pass');
  await stop();
  await start();
  expect(live?.status().standIn).not.toBeNull();
  expectTheGoodList();
  server.state.answer = csv('number\n+13175550171\n', '"mended"');
  await fetchNow();
  await vi.waitFor(() => expect(live?.status()).toMatchObject({ refused: null, standIn: null }), 90_000);
  expect(rejects(base)).toBe(false);
  expect(rejects('+13175550171')).toBe(true);
}, 60_000);

describe('ended at any moment, the next start goes on with the last good list', () => {
  const feeds = () => join(data, 'lists/feeds');
  const note = (etag: string) =>
    JSON.stringify({ url: server.url, etag, lastModified: null, fetchedAt: 1, checkedAt: 1 });
  const states: Record<string, () => void> = {
    'while it was fetched': () => writeFileSync(join(feeds(), 'scam.fresh'), 'number\n+4'),
    'before the note of the new content was written': () =>
      writeFileSync(join(feeds(), 'scam.candidate'), `number\n${base}\n+4*\n`),
    'before a policy was loaded with it, which it breaks': () => {
      writeFileSync(join(feeds(), 'scam.candidate'), `number\n${base}\n${staff()}`);
      writeFileSync(join(feeds(), 'scam.candidate.json'), note('"x"'));
    },
    'with a note and no content': () => writeFileSync(join(feeds(), 'scam.candidate.json'), note('"x"')),
    'while it was put in quarantine': () => writeFileSync(join(feeds(), 'scam.quarantine'), '+4*'),
    'in quarantine': () => {
      writeFileSync(join(feeds(), 'scam.quarantine'), 'number\n+4*\n');
      const why = { at: 1, code: 'feed-prefixes', message: 'prefixes' };
      const said = { ...JSON.parse(note('"x"')), ...why };
      writeFileSync(join(feeds(), 'scam.quarantine.json'), JSON.stringify(said));
    },
    'while a note was written': () => writeFileSync(join(feeds(), 'scam.json.1.new'), '{"url":'),
    'the content of what is in force is gone': () => rmSync(join(feeds(), 'scam.body')),
    'the note of what is in force is half written': () => writeFileSync(join(feeds(), 'scam.json'), '{"u'),
  };
  for (const [when, make] of Object.entries(states)) {
    it(when, async () => {
      await start();
      await fetchNow();
      await vi.waitFor(() => expect(live?.status().kept).toMatchObject({ error: null }), 90_000);
      await stop();
      mkdirSync(feeds(), { recursive: true });
      make();
      await start();
      expect(strangers.filter(rejects)).toEqual([]);
      // What is gone for good is fetched again.
      await fetchNow();
      expectTheGoodList();
    }, 60_000);
  }
});
