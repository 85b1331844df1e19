import { expect, test } from 'vitest';
import type { ListEdits } from '../../../src/call/staff/list-edits.ts';
import type { ListBrowser, ListRow, ShownListChange } from '../../../src/report/web/routes/list-browser.ts';
import { hostileText, type PageFixture, pageFixture, pageNow } from './page-fixture.ts';

const row: ListRow = {
  ...{ pattern: '+13175550140', line: 3, name: hostileText, note: `${hostileText} +1 202 555 0143` },
  ...{ expiresAt: pageNow, expired: false },
};
const change: ShownListChange = {
  ...{ id: 'c-1', at: pageNow, list: 'blocked', done: 'added', key: '+13175550140', name: hostileText },
  ...{ reason: hostileText, who: hostileText, undoes: null, undoneBy: null, git: hostileText },
};

function lists(form: ReturnType<ListBrowser['form']>, whyNot: string | null = null) {
  const asked: unknown[] = [];
  const noted: unknown[] = [];
  const edits: ListEdits = {
    lists: () => [{ id: 'blocked', blocks: true }],
    async add(edit) {
      asked.push(edit);
      return edit.number === '+13175550120'
        ? { result: 'refused', why: hostileText }
        : { result: 'done', change: 'c-1' };
    },
    async remove(edit) {
      asked.push(edit);
      return { result: 'done', change: 'c-1' };
    },
    async undo(...undone) {
      asked.push(undone);
      return { result: 'done', change: 'c-1' };
    },
  };
  const listBrowser: ListBrowser = {
    rows: (list, from) =>
      list === 'blocked' ? { rows: from > 0 ? [] : [row], all: 1, isWhole: true } : null,
    async search(_, text) {
      asked.push(text);
      return { rows: [], all: 0, isWhole: true };
    },
    whyNot: () => whyNot,
    changes: async () => [change],
    form: () => form,
    note: async (_, edit) => void noted.push(edit),
  };
  const fixture = pageFixture([], { listEdits: edits, listBrowser });
  fixture.lists = [
    {
      ...{ id: 'blocked', about: null, source: 'rules/lists/blocked.csv', size: 1, skippedRows: 0 },
      ...{ readAt: pageNow, changedAt: pageNow, error: null, problems: [] },
    },
  ];
  return { fixture, asked, noted };
}

const post = (fixture: PageFixture, url: string, fields: Record<string, string>) =>
  fixture.app.inject({
    ...{ method: 'POST', url, payload: new URLSearchParams(fields).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

test('whatever a list, a person or git says is shown as text', async () => {
  const { fixture } = lists({ csrf: 'abc' });
  for (const path of [
    '/lists/blocked',
    '/lists/blocked?change=c-1',
    '/lists/blocked?q=x',
    '/lists/nowhere',
  ]) {
    const { body } = await fixture.get(path);
    expect(body).not.toContain('<img src=x');
    expect(body).not.toMatch(/[\u202E\u2066\u200B\u0007\u001b]/);
  }
  const refused = await post(fixture, '/lists/blocked/add', {
    number: '+13175550120',
    reason: hostileText,
    name: hostileText,
  });
  expect(refused.statusCode).toBe(409);
  expect(refused.body).not.toContain('<img src=x');
});

test('a viewer sees masked rows and no form, and cannot search', async () => {
  const { fixture, asked } = lists(null);
  fixture.whole = false;
  const { status, body } = await fixture.get('/lists/blocked?q=%2B13175550140&change=c-1');
  expect(status).toBe(200);
  expect(body).toContain('+1317•••••40');
  expect(body).not.toMatch(/5550140|555 0143/);
  expect(body).not.toMatch(/method="post"|action="\/lists\/blocked"/);
  expect(body).toContain('requires the admin role');
  expect(asked).toEqual([]);
});

test('a list that cannot be changed says why, and has no form', async () => {
  const { fixture } = lists({ csrf: 'abc' }, 'it is a feed');
  const { body } = await fixture.get('/lists/blocked');
  expect(body).toContain('The list cannot be changed here: it is a feed.');
  expect(body).not.toMatch(/\/lists\/blocked\/(add|remove)/);
});

test('forms are read, bounded and noted', async () => {
  const { fixture, asked, noted } = lists({ csrf: 'abc' });
  const added = await post(fixture, '/lists/blocked/add', {
    ...{ number: ' +13175550141 ', name: '', reason: 'rang +1 202 555 0143 at night', expires: '2026-03-31' },
  });
  expect([added.statusCode, added.headers.location]).toEqual([303, '/lists/blocked?change=c-1']);
  const wrong = await post(fixture, '/lists/blocked/add', {
    number: '+13175550141',
    reason: 'x',
    expires: '31.3.',
  });
  expect(wrong.statusCode).toBe(409);
  expect(wrong.body).toContain('The last day is not a date');
  await post(fixture, '/lists/blocked/remove', { number: '+13175550140', reason: 'moved'.repeat(200) });
  await post(fixture, '/lists/undo', { change: 'c-1' });
  expect((await post(fixture, '/lists/undo', { change: 'c-2' })).statusCode).toBe(404);
  expect(asked).toMatchObject([
    { list: 'blocked', number: '+13175550141', name: null, who: 'somebody', expiresAt: expect.any(Number) },
    { number: '+13175550140', reason: expect.stringMatching(/^(moved){40}$/) },
    ['c-1', 'somebody'],
  ]);
  expect(noted).toMatchObject([
    { number: '+13175550141', detail: 'blocked: added; rang +1202•••••43 at night' },
    { detail: expect.stringMatching(/^blocked: not added \(the last day/) },
    { number: '+13175550140', detail: expect.stringMatching(/^blocked: removed; moved/) },
    { number: '+13175550140', detail: expect.stringMatching(/^blocked: undone; /) },
  ]);
});
