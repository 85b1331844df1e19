import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleCampaign } from '../../campaigns/sample-campaign.ts';
import { sampleFacts } from '../../fakes/sample-outcome.ts';
import { hostile, type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const minuteMs = 60_000;
const calm = { above: [], surges: [], measures: [] };

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture();
  fixture.health = { ...fixture.health, levels: calm };
});
afterEach(() => fixture.app.close());

/** A call that arrived at `at`. */
function call(id: string, at: number, changes: Parameters<typeof record>[1] = {}, caller = '+13175550123') {
  const { outcome } = record(id, changes);
  const sent = { number: caller, reason: null, raw: caller, displayName: '' };
  const facts = { ...outcome.facts, ...sampleFacts(`n1/${id}`, { now: at, caller: sent }) };
  fixture.records.add(record(id, { ...changes, facts }));
}

/** The headline as it is read, and what it leads to. */
async function headline() {
  const { body } = await fixture.get('/');
  const [, judgment = '', inner = ''] = /<div class="headline (\w+)">([\s\S]*?)<\/div>/.exec(body) ?? [];
  const links = [...inner.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'));
  const text = inner
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return { judgment, text, links, body };
}

test('nothing going on is normal, with the calls of the last hour', async () => {
  call('a', pageNow - minuteMs);
  const { judgment, text } = await headline();
  expect(judgment).toBe('normal');
  expect(text).toMatch(
    /^Normal: no attack, no campaign of note; 1 call since \d\d:\d\d\. Calls are being screened\./,
  );
});

test('a campaign: how many calls, from where, signed by whom, since when, what they do and what they get', async () => {
  const traits = { attestation: 'none', exchange: '+1786555' };
  const startedAt = pageNow - 10 * minuteMs;
  fixture.campaigns = [
    sampleCampaign({
      traits,
      startedAt,
      recognizedAt: pageNow - minuteMs,
      name: '+1 786-555 3f2a',
      calls: 9,
    }),
  ];
  const silent = { ...record('x').outcome.challenge, result: 'silent' } as never;
  for (let n = 0; n < 20; n++)
    call(`r${n}`, startedAt + n * 1000, n < 17 ? { challenge: silent } : {}, `+1786555${1000 + n}`);
  const { judgment, text, links } = await headline();
  expect(judgment).toBe('unusual');
  expect(text).toMatch(
    /^Unusual: 20 calls from \+1 786-555, unsigned, since \d\d:\d\d; 85 % silent; no rule answers it \(campaign \+1 786-555 3f2a\)\.$/,
  );
  const calls = links.find((href) => href.startsWith('/calls?')) ?? '';
  expect(calls).toContain('exchange=%2B1786555');
  expect((await fixture.get(calls)).body.match(/href="\/calls\/n1\/r\d+"/g)).toHaveLength(20);
  expect(links).toContain('/campaigns/c-2026-11-23-3f2a');
});

test('a quiet campaign of days ago goes on below, and is no headline', async () => {
  fixture.campaigns = [sampleCampaign({ recognizedAt: pageNow - 86_400_000, callsPerMinute: 0.1 })];
  const { judgment, body } = await headline();
  expect(judgment).toBe('normal');
  expect(body).toMatch(/id="now-attacks"[\s\S]*Campaign .*gateway-telco 3f2a/);
});

test('an attack level says what it is of and what unknown callers get', async () => {
  const since = pageNow - 5 * minuteMs;
  fixture.health = {
    ...fixture.health,
    levels: {
      above: [
        {
          ...{ of: '+13175550100', level: 'attack', changedAt: since, since, until: pageNow + minuteMs },
          ...{ by: null, calls: 40, passed: 2, campaigns: [] },
        },
      ],
      surges: [],
      measures: [{ rule: 'everyone-else', about: null }],
    },
  };
  const { judgment, text, links } = await headline();
  expect(judgment).toBe('unusual');
  expect(text).toMatch(
    /^Unusual: attack on the number \+13175550100 since \d\d:\d\d: 40 unknown callers .*; unknown callers are decided by everyone-else\.$/,
  );
  expect(links[0]).toContain('called=%2B13175550100');
});

test('25 calls of one number inside at once are unusual, and its number stays masked', async () => {
  const { caller } = sampleFacts('n1/x');
  fixture.live = Array.from({ length: 25 }, (_, n) => ({
    ...{ id: `n1/${n}`, state: 'prompting', since: pageNow - 1000, caller, called: null },
  }));
  const { text } = await headline();
  expect(text).toMatch(/^Unusual: 25 calls from \+1317•••••23 are inside at once\./);
});

/** So many calls in the last half hour of each of the eight weekdays before, up to this time. */
function callsBefore(many: number): void {
  for (let week = 1; week <= 8; week++)
    for (let n = 0; n < many; n++)
      call(`w${week}-${n}`, pageNow - week * 7 * 86_400_000 - (n + 1) * 2 * minuteMs);
}

test('twice as many calls as on these weekdays, of callers who pass, are normal', async () => {
  callsBefore(12);
  for (let n = 0; n < 24; n++) call(`busy${n}`, pageNow - (n + 1) * minuteMs);
  // The days before are asked for in the background.
  await fixture.get('/');
  const { judgment, text } = await headline();
  expect(judgment).toBe('normal');
  expect(text).toContain('24 calls since');
  expect(text).toContain('usually 12 at this time of a Monday');
});

test('far more calls than on these weekdays, and where they come from', async () => {
  callsBefore(12);
  for (let n = 0; n < 90; n++) call(`flood${n}`, pageNow - (n + 1) * 20_000, {}, `+1786555${1000 + n}`);
  await fixture.get('/');
  const { judgment, text } = await headline();
  expect(judgment).toBe('unusual');
  expect(text).toMatch(
    /^Unusual: 90 calls since \d\d:\d\d; 12 are usual at this time of a Monday, 12 at most; 0 % did not pass; 100 % from \+1 786-555\.$/,
  );
});

test('Asterisk away comes before what is unusual; Redis away is said too', async () => {
  fixture.campaigns = [sampleCampaign({ recognizedAt: pageNow - minuteMs })];
  fixture.health = {
    ...fixture.health,
    ari: { up: false, state: 'connecting', since: pageNow - minuteMs },
    redis: { up: false, state: 'end', since: pageNow - minuteMs },
  };
  const { judgment, text } = await headline();
  expect(judgment).toBe('down');
  expect(text).toMatch(
    /^Not screening: calls go to the operators unscreened.*campaign gateway-telco 3f2a.*new attacks are not recognized/,
  );
});

test('records that do not answer: the page is there, and says what cannot be judged', async () => {
  fixture.records.away = true;
  const { judgment, text, body } = await headline();
  expect(judgment).toBe('degraded');
  expect(text).toMatch(/^Degraded: calls are screened, but the records do not answer/);
  expect(body).toMatch(/The records have not answered since/);
  expect(body).toContain('today’s figures cannot be shown');
});

test('what a signer or a caller writes into a campaign stays text', async () => {
  fixture.whole = false;
  fixture.campaigns = [
    sampleCampaign({
      ...{ recognizedAt: pageNow, name: `${hostile.markup} 317-555-0123` },
      traits: { attestation: 'C', signer: hostile.markup },
    }),
  ];
  const { body } = await headline();
  expect(body).not.toContain('<img src=x');
  expect(body).not.toContain('555-0123');
});

test('today’s figures lead to as many calls as they say', async () => {
  const { challenge, decision } = record('x').outcome;
  const at = pageNow - 5 * minuteMs;
  const missed = (result: 'silent' | 'failed') => ({
    challenge: challenge && { ...challenge, result },
    exit: { kind: 'voicemail', box: 'general' } as const,
  });
  call('a', at);
  call('b', at, missed('silent'));
  call('c', at, { ...missed('failed'), decision: decision && { ...decision, known: true } });
  call('d', at, missed('silent'));
  const { body } = await headline();
  const figures = /id="now-today"[\s\S]*?<\/section>/.exec(body)?.[0] ?? '';
  const links = [
    ...figures.matchAll(/<a href="([^"]*)"[^>]*><span class="name">([^<]*)<\/span><span class="big">(\d+)/g),
  ];
  expect(links.map(([, , name, many]) => [name, many])).toEqual([
    ['Calls', '4'],
    ['Unwanted, stopped', '2'],
    ['Reached people', '1'],
    ['Possibly harmed', '1'],
    ['Staff minutes saved', '1'],
  ]);
  for (const [, href = '', name, many] of links) {
    const [path = ''] = href.replaceAll('&amp;', '&').split('#');
    const found = (await fixture.get(path)).body;
    // Minutes lead to the calls that were stopped, people to the worklist.
    const wanted = name === 'Staff minutes saved' ? 2 : Number(many);
    const people = /<section aria-labelledby="h-people">[\s\S]*?<\/section>/.exec(found)?.[0];
    const rows = people?.match(/<tr><th scope="row"/g) ?? found.match(/href="\/calls\/n1\/\w"/g);
    expect(rows?.length ?? 0).toBe(wanted);
  }
});

test('a viewer follows a campaign of an exchange to its calls: there they are, and no number is whole', async () => {
  fixture.whole = false;
  fixture.campaigns = [
    sampleCampaign({
      traits: { exchange: '+1786555' },
      startedAt: pageNow - 10 * minuteMs,
      recognizedAt: pageNow - minuteMs,
    }),
  ];
  for (let n = 0; n < 3; n++) call(`v${n}`, pageNow - minuteMs - n, {}, `+1786555${1000 + n}`);
  call('other', pageNow - minuteMs, {}, '+13175550142');
  const { links } = await headline();
  const [calls = ''] = links.filter((href) => href.startsWith('/calls?'));
  expect(calls).toContain('exchange=%2B1786555');
  for (const path of [calls, calls.replace('/calls?', '/export/calls.csv?')]) {
    const { status, body } = await fixture.get(path);
    expect(status).toBe(200);
    for (const id of ['v0', 'v1', 'v2']) expect(body).toContain(`n1/${id}`);
    expect(body).not.toContain('n1/other');
    expect(body).not.toMatch(/786\D{0,3}555\D{0,3}100\d/);
  }
  // An exchange that no campaign names would tell what is masked.
  const { body } = await fixture.get(calls.replace('%2B1786555', '%2B1317555'));
  expect(body).toContain('that no campaign names requires the analyst role');
  expect(body).not.toContain('n1/other');
});

test('a level is said once: by the headline, or under it when a campaign is the headline', async () => {
  const level = {
    ...{
      of: '+13175550100',
      level: 'attack',
      since: pageNow - 9 * minuteMs,
      changedAt: pageNow - 9 * minuteMs,
    },
    ...{ by: null, until: null, calls: 34, passed: 1, campaigns: [] as string[] },
  } as const;
  const measures = [{ rule: 'under-attack', of: 'called-number' }];
  const levels = { above: [level], surges: [], measures } as unknown as typeof calm;
  fixture.health = { ...fixture.health, levels };
  const hit = { list: 'departments', pattern: '+13175550100', note: null, line: 2, blocks: false };
  fixture.hits = [{ ...hit, name: 'Cardiology', expiresAt: null, expired: false }];
  const said = async (path: string) => {
    const { body } = await fixture.get(path);
    const main = body.slice(0, body.indexOf('id="now-attacks"'));
    return main.match(/ttack on the number Cardiology, \+13175550100/g)?.length ?? 0;
  };
  expect((await headline()).text).toContain('attack on the number Cardiology, +13175550100');
  expect([await said('/'), await said('/rules')]).toEqual([1, 1]);
  fixture.campaigns = [sampleCampaign({ recognizedAt: pageNow - minuteMs })];
  const [{ id = '' } = {}] = fixture.campaigns;
  const caused = { ...levels, above: [{ ...level, campaigns: [id] }] } as unknown as typeof calm;
  fixture.health = { ...fixture.health, levels: caused };
  expect((await headline()).text).not.toContain('attack on the number');
  const { body } = await fixture.get('/');
  expect(body).toMatch(
    /<section id="now-state"[\s\S]*<div class="levels attack">[\s\S]*under-attack[\s\S]*id="now-today"/,
  );
  expect(await said('/')).toBe(1);
});
