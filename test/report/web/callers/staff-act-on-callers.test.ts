import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Visitor } from '../../../../src/report/access/role.ts';
import { sampleFacts } from '../../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from '../page-fixture.ts';

const caller = '+13175550123';
const one = '/callers/of/n1/one';
const visitor = (role: Visitor['role']): Visitor => ({ name: 'ann', role, how: 'token', csrf: null });

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([
    record('one'),
    record('none', {
      facts: sampleFacts('n1/none', {
        caller: { number: null, reason: 'withheld', raw: '', displayName: '' },
      }),
    }),
  ]);
  fixture.visitor = visitor('admin');
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function post(path: string, fields: Record<string, string>) {
  const reply = await fixture.app.inject({
    method: 'POST',
    url: `/callers/${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ call: 'n1/one', ...fields }).toString(),
  });
  const { location = '' } = reply.headers;
  return { status: reply.statusCode, body: reply.body, to: String(location) };
}

/** Presses the button Undo of the notice. */
async function undo(to: string) {
  const { body } = await fixture.get(to);
  const [, form = ''] = /<div class="notice good done".*?(<form.*?<\/form>)/s.exec(body) ?? [];
  const fields = [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return post('undo', Object.fromEntries(fields));
}

test('a flag, with who and why, is undone by one press', async () => {
  const said = await post('flag', { word: 'scam', why: 'sells warranties' });
  expect([said.status, said.to.split('?')[0]]).toEqual([303, one]);
  expect((await fixture.flags.read(caller, 'n1/one')).ofCall).toEqual(['scam']);
  const { body } = await fixture.get(said.to);
  expect(text(body)).toContain('Flagged one call as scam: sells warranties');
  const undone = await undo(said.to);
  expect(undone.status).toBe(303);
  expect((await fixture.flags.read(caller, 'n1/one')).ofCall).toEqual([]);
  expect(text((await fixture.get(undone.to)).body)).toContain('Undone: Flagged one call as scam');
  const about = { event: 'flagged', calls: ['n1/one'], numbers: [caller] };
  expect(fixture.flagged).toEqual([
    { ...about, detail: 'scam: sells warranties' },
    { ...about, detail: 'scam taken back' },
  ]);
});

test('what was flagged before is not undone with what was flagged now', async () => {
  await post('flag', { word: 'scam', why: 'first' });
  const again = await post('flag', { word: 'scam', why: 'second' });
  expect(again.to).toBe(`${one}?done=before`);
  expect(text((await fixture.get(again.to)).body)).toContain('nothing had to be changed');
});

test('a call is expected, in place of what was expected before; undone, that is expected again', async () => {
  await fixture.expected.add({ caller, called: null, until: pageNow + 1000, why: 'soon' });
  const said = await post('expect', { for: '7d', why: 'rings back' });
  const week = { called: null, until: pageNow + 7 * 86_400_000, why: 'rings back' };
  expect(await fixture.expected.ofCaller(caller, pageNow)).toEqual([week]);
  await undo(said.to);
  expect(await fixture.expected.ofCaller(caller, pageNow)).toEqual([
    { ...week, until: pageNow + 1000, why: 'soon' },
  ]);
  const removed = await post('unexpect', { window: 'any', why: 'wrong number' });
  expect(await fixture.expected.ofCaller(caller, pageNow)).toEqual([]);
  await undo(removed.to);
  expect(await fixture.expected.ofCaller(caller, pageNow)).toHaveLength(1);
  expect(fixture.flagged.map((noted) => (noted as { event: string }).event)).toEqual(
    Array.from({ length: 4 }, () => 'expected'),
  );
});

test('an expectation that was the first is gone when it is undone', async () => {
  const said = await post('expect', { for: '1d', called: '+13175550000', why: 'rings back' });
  expect(await fixture.expected.ofCaller(caller, pageNow)).toMatchObject([{ called: '+13175550000' }]);
  await undo(said.to);
  expect(await fixture.expected.ofCaller(caller, pageNow)).toEqual([]);
});

test('a caller is blocked; allowing takes it off the block list and puts it on another; one press undoes both', async () => {
  await post('block', { list: 'blocked', why: 'robot', expires: '30d' });
  expect(fixture.listEdits.find(caller)).toMatchObject([
    { list: 'blocked', note: 'robot', expiresAt: pageNow + 30 * 86_400_000 },
  ]);
  const page = await fixture.get(one);
  expect(text(page.body)).toContain('and remove from blocked');
  expect(text(page.body)).toContain('On the block list blocked');
  const allowed = await post('allow', { list: 'staff', off: 'yes', name: 'Ann', why: 'is the new nurse' });
  expect(fixture.listEdits.find(caller)).toMatchObject([{ list: 'staff', name: 'Ann', blocks: false }]);
  expect(text((await fixture.get(allowed.to)).body)).toContain('Removed from blocked , added to staff');
  await undo(allowed.to);
  expect(fixture.listEdits.find(caller)).toMatchObject([{ list: 'blocked' }]);
  expect(fixture.flagged).toMatchObject([
    { event: 'listed', detail: 'added blocked: robot' },
    { event: 'listed', detail: 'removed blocked, added staff: is the new nurse' },
    { event: 'listed', detail: 'undone: removed blocked, added staff' },
  ]);
});

test('a list edit that is refused says why, and changes nothing', async () => {
  await post('block', { list: 'blocked', why: 'robot' });
  fixture.listEdits.refuses = { list: 'staff', why: 'the proof of must-pass would break' };
  const refused = await post('allow', { list: 'staff', off: 'yes', why: 'nurse' });
  expect(refused.status).toBe(409);
  expect(text(refused.body)).toContain('The list staff was not changed: the proof of must-pass would break');
  expect(fixture.listEdits.find(caller)).toMatchObject([{ list: 'blocked' }]);
  expect(fixture.flagged).toHaveLength(1);

  fixture.listEdits.undo = async () => ({ result: 'refused', why: 'too many edits wait' });
  const stuck = await post('allow', { list: 'staff', off: 'yes', why: 'nurse' });
  expect(text(stuck.body)).toContain('would break; it stays removed (blocked): too many edits wait');
});

test('a caller is taken off a list, and put back', async () => {
  await post('block', { list: 'blocked', why: 'robot' });
  const off = await post('unlist', { list: 'blocked', why: 'a patient' });
  expect(fixture.listEdits.find(caller)).toEqual([]);
  await undo(off.to);
  expect(fixture.listEdits.find(caller)).toHaveLength(1);
});

test('every action needs a reason, and is refused with a page when it cannot be read', async () => {
  for (const [path, fields, status] of [
    ['flag', { word: 'scam' }, 400],
    ['flag', { word: 'scam', why: ' \u200b ' }, 400],
    ['flag', { word: 'nice', why: 'x' }, 400],
    ['flag', { word: 'scam', why: 'x', call: '' }, 400],
    ['flag', { word: 'scam', why: 'x', call: 'n1/gone' }, 404],
    ['flag', { word: 'scam', why: 'x', call: 'n1/none' }, 409],
    ['expect', { for: '9d', why: 'x' }, 400],
    ['expect', { for: '1d', called: 'us', why: 'x' }, 400],
    ['unexpect', { window: '*', why: 'x' }, 400],
    ['block', { list: 'staff', why: 'x' }, 400],
    ['allow', { list: 'blocked', why: 'x' }, 400],
    ['allow', { list: 'staff', expires: 'soon', why: 'x' }, 400],
    ['unlist', { list: 'customers', why: 'x' }, 400],
    ['undo', { id: 'never' }, 409],
  ] as const) {
    const answer = await post(path, fields);
    expect.soft(answer.status, `${path} ${JSON.stringify(fields)}`).toBe(status);
    expect.soft(answer.body).toContain('</html>');
  }
  expect(fixture.flagged).toEqual([]);
  expect(fixture.listEdits.made).toEqual([]);
});

test('an analyst is offered flags and expected calls; undoing a list edit is for admins', async () => {
  const blocked = await post('block', { list: 'blocked', why: 'robot' });
  fixture.visitor = visitor('analyst');
  const { body } = await fixture.get(blocked.to);
  expect(body).toContain('formaction="/callers/expect"');
  expect(body).not.toContain('formaction="/callers/block"');
  const id = new URLSearchParams(blocked.to.split('?')[1]).get('done') ?? '';
  const refused = await post('undo', { id });
  expect(refused.status).toBe(403);
  expect(text(refused.body)).toContain('requires the admin role');
  fixture.visitor = visitor('viewer');
  const seen = await fixture.get(one);
  expect(seen.body).not.toContain('method="post"');
  expect(text(seen.body)).toContain('requires the analyst role');
});

test('without a place to change lists nothing of lists is offered, and it is said', async () => {
  expect(text((await fixture.get(one)).body)).not.toContain('No list can be changed here');
  fixture.listEdits.lists().splice(0);
  const { body } = await fixture.get(one);
  expect(body).toContain('formaction="/callers/flag"');
  expect(body).not.toContain('formaction="/callers/block"');
  expect(body).not.toContain('formaction="/callers/allow"');
  expect(text(body)).toContain('No list can be changed here, so callers cannot be blocked or allowed');
});

test('nobody changes more than sixty things a minute', async () => {
  for (let n = 0; n < 60; n++) await post('flag', { word: 'scam', why: 'again' });
  expect((await post('flag', { word: 'scam', why: 'again' })).status).toBe(429);
});

test('Redis away: it is said, and safe to try again', async () => {
  fixture.actions.away = true;
  const away = await post('flag', { word: 'scam', why: 'x' });
  expect(away.status).toBe(503);
  expect(text(away.body)).toContain('safe to try again');
  expect((await fixture.flags.read(caller, 'n1/one')).ofCall).toEqual([]);
});
