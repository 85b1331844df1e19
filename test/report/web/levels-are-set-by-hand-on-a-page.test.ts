import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LevelByHand } from '../../../src/levels/level-state.ts';
import type { Visitor } from '../../../src/report/access/role.ts';
import { type PageFixture, pageFixture, pageNow } from './page-fixture.ts';

const hourMs = 3_600_000;
let fixture: PageFixture;
let byHand: LevelByHand[];
let isAway: boolean;
let isAsked: boolean;

beforeEach(() => {
  [byHand, isAway, isAsked] = [[], false, true];
  const answer = async <T>(value: T): Promise<T> => {
    if (isAway) throw new Error('Redis is away');
    return value;
  };
  const isOf = (say: string) => say.endsWith('surge');
  fixture = pageFixture([], {
    levels: {
      departments: () => ['billing'],
      isAsked: () => isAsked,
      list: () => answer(byHand),
      set: async (said) => void (await answer(byHand.push(said))),
      end: async ({ scope, say }) => {
        const left = byHand.filter((one) => one.scope !== scope || isOf(one.say) !== isOf(say));
        const isEnded = left.length < byHand.length;
        byHand = left;
        return answer(isEnded);
      },
    },
  });
  fixture.visitor = visitor('admin');
});
afterEach(() => fixture.app.close());

const visitor = (role: Visitor['role']): Visitor => ({ name: 'ann', role, how: 'token', csrf: null });
const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function post(path: 'set' | 'end', fields: Record<string, string>) {
  const reply = await fixture.app.inject({
    method: 'POST',
    url: `/levels/${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
  return { status: reply.statusCode, body: reply.body, to: String(reply.headers.location ?? '') };
}
const attack = { say: 'attack', of: 'board', number: '', for: '2h', why: 'robots since noon' };

test('a level is set for a time, with who and why, and one press takes it back', async () => {
  const set = await post('set', attack);
  expect([set.status, set.to]).toEqual([303, '/levels?done=level+board']);
  const [until, reason] = [pageNow + 2 * hourMs, 'robots since noon'];
  expect(byHand).toEqual([{ scope: 'board', say: 'attack', since: pageNow, until, by: 'ann', reason }]);
  const { body } = await fixture.get(set.to);
  expect(text(body)).toMatch(/Set by hand until .*: Attack, of the whole switchboard/);
  const [, form = ''] = /<div class="notice good done".*?(<form.*?<\/form>)/s.exec(body) ?? [];
  const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  expect((await post('end', Object.fromEntries(fields))).status).toBe(303);
  expect(byHand).toEqual([]);
  expect(text((await fixture.get('/levels')).body)).toContain('Nothing is set by hand');
  expect(fixture.noted).toEqual([
    expect.objectContaining({
      event: 'level',
      detail: expect.stringMatching(/^attack of board.*: robots since noon$/),
    }),
    expect.objectContaining({ event: 'level', detail: 'attack of board: ended' }),
  ]);
});

test('of a department, of a called number, and that a number was forged', async () => {
  expect((await post('set', { ...attack, of: 'list:billing' })).status).toBe(303);
  expect((await post('set', { ...attack, number: '+13175550100' })).status).toBe(303);
  expect((await post('set', { ...attack, say: 'call-back-surge', number: '+13175550100' })).status).toBe(303);
  expect(byHand.map(({ scope, say }) => [scope, say])).toEqual([
    ['list:billing', 'attack'],
    ['+13175550100', 'attack'],
    ['+13175550100', 'call-back-surge'],
  ]);
});

test('what cannot be meant is refused with the reason, and nothing is set', async () => {
  for (const [wrong, why] of [
    [{ why: ' \u202e ' }, 'Give a reason'],
    [{ say: 'constructor' }, 'no such level'],
    [{ for: '9y' }, 'Choose for how long'],
    [{ of: 'list:nobody-asks' }, 'No rule asks'],
    [{ of: 'list:../x' }, 'No rule asks'],
    [{ number: 'x' }, 'not a phone number'],
    [{ say: 'call-back-surge' }, 'write which'],
  ] as const) {
    const { status, body } = await post('set', { ...attack, ...wrong });
    expect.soft([status, body], JSON.stringify(wrong)).toEqual([400, expect.stringContaining(why)]);
  }
  expect((await post('end', { scope: '../x', say: 'attack' })).status).toBe(400);
  expect([byHand, fixture.noted]).toEqual([[], []]);
  await post('set', attack);
  expect((await post('set', { ...attack, say: 'calm' })).status).toBe(409);
  expect(byHand).toHaveLength(1);
});

test('whoever is no admin sees it and cannot change it', async () => {
  await post('set', attack);
  for (const role of ['viewer', 'analyst'] as const) {
    fixture.visitor = visitor(role);
    const { body } = await fixture.get('/levels');
    expect(text(body)).toContain('robots since noon');
    expect(body).not.toContain('/levels/');
    expect((await post('end', { scope: 'board', say: 'attack' })).status).toBe(403);
  }
  expect(byHand).toHaveLength(1);
});

test('without Redis it says so; without a rule that asks, that nothing changes', async () => {
  isAsked = false;
  expect(text((await fixture.get('/levels')).body)).toContain('nothing changes for callers');
  isAway = true;
  expect((await fixture.get('/levels')).status).toBe(503);
  expect((await post('set', attack)).body).toContain('It is safe to try again');
});

test('a hostile reason is text', async () => {
  await post('set', { ...attack, why: '<img src=x onerror=alert(1)>' });
  expect((await fixture.get('/levels')).body).not.toContain('<img src=x');
});
