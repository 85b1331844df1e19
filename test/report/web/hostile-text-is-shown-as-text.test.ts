import { afterEach, beforeEach, expect, test } from 'vitest';
import { hostileCall, hostileText, type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(async () => {
  const numbered = hostileCall('numbered').outcome;
  const caller = { ...numbered.facts.caller, number: '+13175550123', reason: null };
  const facts = { ...numbered.facts, caller };
  fixture = pageFixture([hostileCall('evil'), record('numbered', { ...numbered, facts })]);
  fixture.visitor = { name: hostileText, role: 'admin', how: 'session', csrf: hostileText };
  const known = { at: 0, who: hostileText, why: hostileText, undone: null };
  const change = { list: hostileText, did: 'added', change: '0' } as const;
  const window = { until: 0, why: hostileText };
  for (const action of [
    { ...known, id: 'a', what: 'list', changes: [change] },
    { ...known, id: 'b', what: 'expect', called: hostileText, now: window, before: null },
  ] as const)
    await fixture.actions.keep(caller.number, action);
  await fixture.expected.add({ caller: caller.number, called: null, until: pageNow * 2, why: hostileText });
  fixture.lists = [
    {
      ...{
        id: hostileText,
        about: hostileText,
        source: hostileText,
        error: hostileText,
        problems: [hostileText],
      },
      ...{ size: 1, skippedRows: 3, readAt: null, changedAt: null },
    },
  ];
  fixture.hits = [
    {
      ...{ list: hostileText, pattern: hostileText, name: hostileText, note: hostileText },
      ...{ line: 1, expiresAt: null, expired: false, blocks: false },
    },
  ];
  fixture.live = [
    {
      ...{ id: hostileText, state: 'prompting', since: 0, called: hostileText },
      caller: { number: null, reason: 'malformed', raw: hostileText, displayName: hostileText },
    },
  ];
  const place = { file: hostileText, line: 1, column: 1 };
  fixture.near = {
    about: hostileText,
    nearMisses: [{ rule: hostileText, failed: hostileText, holds: 'no', place }],
    missingFacts: [{ rule: hostileText, because: hostileText, place }],
  };
  fixture.flagForm = { csrf: hostileText };
  const problem = { severity: 'error', code: 'x', file: hostileText, line: 1, column: 1 } as const;
  const problems = [{ ...problem, message: hostileText, remedy: hostileText }];
  fixture.policy = {
    version: '5f2d7c1b9a3e',
    loadedAt: 0,
    refused: { at: 0, problems },
    standIn: null,
    kept: null,
    reloads: [{ at: 0, ok: false, version: 'a', before: 'a', problemCount: 1, problems }],
  };
});
afterEach(() => fixture.app.close());

const evil = encodeURIComponent(hostileText);
const paths = [
  '/',
  '/history?since=7d',
  '/calls?since=7d',
  `/calls?since=${evil}&until=${evil}`,
  `/calls?caller=${evil}&rule=${evil}&signer=${evil}&where=${evil}&cursor=${evil}`,
  '/calls/n1/evil',
  `/calls/${evil}`,
  '/calls/explain?id=n1%2Fevil',
  `/calls/explain?id=${evil}`,
  '/callers?since=7d',
  '/callers/of/n1/numbered',
  '/callers/of/n1/numbered?done=a',
  `/signers/${evil}`,
  `/exchanges/${evil}`,
  '/harm?since=7d',
  '/rules?since=7d',
  '/lists?number=%2B13175550123',
  `/lists?number=${evil}`,
];

for (const whole of [true, false])
  for (const path of paths)
    test(`${path.slice(0, 60)} shows it harmlessly${whole ? '' : ', masked'}`, async () => {
      fixture.whole = whole;
      const { body } = await fixture.get(path);
      expect(body).toContain('</html>');
      expect(body).not.toMatch(/<img(?! src="\/assets\/)/);
      expect(body).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
      );
      expect(withoutQuoted(body)).not.toMatch(/onerror/);
    });

test('the name of a caller is on the page of the call, whole and as text', async () => {
  const { status, body } = await fixture.get('/calls/n1/evil');
  expect(status).toBe(200);
  expect(body).toContain('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;');
  expect(body).toContain('=HYPERLINK(&quot;http://evil.example&quot;,&quot;open&quot;)');
  expect(body).toContain('‹U+001B›[31mred');
  expect(body).toContain('‹U+202E›gpj.exe');
});

test('a call can be found by a hostile SIP Call-ID', async () => {
  const { status } = await fixture.get(`/calls/${evil}`);
  expect(status).toBe(200);
});

/** The page as a browser reads it outside of text: tags with their attribute values left out. */
function withoutQuoted(body: string): string {
  return (body.match(/<[a-z][^>]*>/g) ?? []).map((tag) => tag.replace(/"[^"]*"/g, '""')).join('\n');
}
