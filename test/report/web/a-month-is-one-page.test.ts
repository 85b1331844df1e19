import { Settings } from 'luxon';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChallengeResult } from '../../../src/call/vocabulary.ts';
import { sampleFacts, sampleOutcome } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const signedA = {
  result: 'passed',
  attestation: 'A',
  signer: 's',
  origid: null,
  source: 'asterisk',
} as const;

let fixture: PageFixture;
beforeEach(() => {
  Settings.defaultZone = 'UTC';
  fixture = pageFixture();
});
afterEach(async () => {
  Settings.defaultZone = 'system';
  await fixture.app.close();
});

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
let calls = 0;
function add(at: string, result: ChallengeResult, facts: Parameters<typeof sampleFacts>[1] = {}): void {
  const id = `c${++calls}`;
  const { challenge } = sampleOutcome('x');
  const number = `+1317555${String(calls).padStart(4, '0')}`;
  fixture.records.add(
    record(id, {
      facts: sampleFacts(`n1/${id}`, {
        ...{ now: Date.parse(at), caller: { number, reason: null, raw: number, displayName: '' } },
        ...facts,
      }),
      challenge: challenge && { ...challenge, result },
      exit:
        result === 'passed'
          ? { kind: 'connect', exit: 'operators', label: null }
          : { kind: 'voicemail', box: 'main' },
    }),
  );
}

test('the figures are those of the month, beside those of the month before', async () => {
  for (let n = 0; n < 12; n++) add(`2026-02-0${1 + (n % 9)}T10:00:00Z`, 'silent');
  for (let n = 0; n < 6; n++) add('2026-02-20T10:00:00Z', 'passed');
  add('2026-02-21T10:00:00Z', 'failed', { verification: signedA });
  for (let n = 0; n < 6; n++) add('2026-01-31T23:59:59Z', 'silent');
  add('2026-03-01T00:00:00Z', 'silent');
  const { status, body } = await fixture.get('/month');
  expect(status).toBe(200);
  const shown = text(body);
  expect(shown).toContain('February 2026');
  expect(shown).toContain('19 calls were handled and 12 unwanted ones stopped');
  expect(shown).toContain('1 person was possibly kept out; 0 of them were followed up.');
  expect(shown).toContain('Calls handled 19 6 +217 %');
  expect(shown).toContain('Unwanted calls stopped rejected, or not passed and not a person 12 6 +100 %');
  expect(shown).toContain(
    'Minutes saved estimated: 25 seconds of an operator for each unwanted call stopped 5 3 +67 %',
  );
  expect(shown).toContain('of them passed 32 % 0 %');
  expect(shown).toContain('No campaign was recognized.');
  expect(body).not.toMatch(/317555\d{4}/);
  expect(body).toContain('href="/month?month=2026-01"');
  expect(body).toContain('href="/month?month=2026-03"');
});

test('a month that goes on says up to when; one to come or none at all is refused', async () => {
  add('2026-03-01T00:00:00Z', 'silent');
  expect(text((await fixture.get('/month?month=2026-03')).body)).toContain('up to Mon 2 Mar 2026, 10:30');
  for (const asked of ['2026-04', '2026-13', 'march', '2026-3', '%3Cscript%3E'])
    expect((await fixture.get(`/month?month=${asked}`)).status).toBe(400);
  expect(pageNow).toBe(Date.parse('2026-03-02T10:30:00Z'));
});

test('campaigns of the month are named, masked; without records the page says so', async () => {
  const campaign = {
    ...{ id: 'c-1', name: 'from +1 786 203 4455, silent', state: 'over', reason: 'r', traits: {} },
    ...{ startedAt: Date.parse('2026-02-10T08:00:00Z'), lastAt: Date.parse('2026-02-11T08:00:00Z') },
    ...{
      recognizedAt: 0,
      peakAt: 0,
      endedAt: null,
      calls: 1400,
      numbers: 900,
      calledNumbers: 40,
      returns: 0,
    },
  };
  fixture.campaigns = [campaign] as unknown as typeof fixture.campaigns;
  const { body } = await fixture.get('/month?month=2026-02');
  expect(text(body)).toMatch(/1786•+55, silent 1,400 900/);
  expect(body).not.toContain('203 4455');
  fixture.records.away = true;
  expect((await fixture.get('/month')).status).toBe(503);
});
