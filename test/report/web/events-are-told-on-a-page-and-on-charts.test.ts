import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventOf } from '../../../src/site-events/site-event.ts';
import { hostile, type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const hourMs = 3_600_000;
const plain = (href: string) => href.replaceAll('&amp;', '&');

const outage = eventOf({
  ...{ id: 'redis:n1:1', kind: 'outage', at: pageNow - 9 * hourMs, until: pageNow - 8 * hourMs, node: 'n1' },
  title: 'Redis unavailable',
  detail: 'At most 12 calls waited in the outbox; none is lost.',
});
const reload = eventOf({
  ...{ id: 'rules:n1:2', kind: 'rules', at: pageNow - hourMs, until: pageNow - hourMs, node: 'n1' },
  title: 'Rule files refused',
  detail: hostile.markup,
});
const campaign = eventOf({
  ...{
    id: 'campaign:c-2026-11-23-3f2a:0',
    kind: 'campaign',
    at: pageNow - 2 * hourMs,
    until: null,
    node: null,
  },
  title: 'Campaign +1 786-555 3f2a 317-555-0123',
  detail: '41 calls from 38 numbers',
  calls: { exchange: '+1786555', verification: 'none' },
});

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([record('a')]);
  fixture.events = [outage, reload, campaign];
});
afterEach(() => fixture.app.close());

test('since when Redis was away last night: one click from Now, with the calls of that time', async () => {
  const now = (await fixture.get('/')).body;
  expect(now).toMatch(/id="now-events"[\s\S]*Redis unavailable/);
  expect(now).toContain('<a href="/log">');
  const { status, body } = await fixture.get('/log');
  expect(status).toBe(200);
  const row = body.split('<tr>').find((part) => part.includes('Redis unavailable')) ?? '';
  expect(row).toMatch(
    /<time datetime="[^"]+">\w+ \d+ \w+ \d{4}, [\d:]{8}<\/time>.*12 calls waited.*Node .*n1.*1 h/s,
  );
  const [, href = ''] = /href="(\/calls\?[^"]*)"/.exec(row) ?? [];
  const query = new URLSearchParams(plain(href).split('?')[1]);
  expect(Date.parse(query.get('since') ?? '')).toBe(outage.at);
  expect(Date.parse(query.get('until') ?? '')).toBe((outage.until ?? 0) + 1);
});

test('kinds are chips that come on and off, keep the time, and count', async () => {
  const { body } = await fixture.get('/log?since=24h&kinds=outage');
  expect(body).toContain('Redis unavailable');
  expect(body).not.toContain('Rule files refused');
  const chips = /<ul class="chips"[\s\S]*?<\/ul>/.exec(body)?.[0] ?? '';
  expect(plain(chips)).toContain('href="/log?since=24h&kinds=outage%2Crules"');
  expect(plain(chips)).toMatch(/href="\/log\?since=24h" aria-current="true">Outages <span class="tally">1</);
  expect(chips.replace(/<[^>]*>/g, '')).toContain('All 3');
});

test('a kind or a time that cannot be read shows nothing and says why', async () => {
  for (const query of ['kinds=outage,disaster', 'since=noon-ish']) {
    const { status, body } = await fixture.get(`/log?${query}`);
    expect(status).toBe(400);
    expect(body).toContain('Nothing is shown.');
    expect(body).not.toContain('Redis unavailable');
  }
});

test('only what touches the time is shown; what goes on does', async () => {
  const { body } = await fixture.get('/log?since=30m');
  expect(body).toContain('3f2a');
  expect(body).toContain('ongoing');
  expect(body).not.toContain('Redis unavailable');
});

test('every text is text, numbers in names are masked, the block of a campaign is not', async () => {
  fixture.whole = false;
  const { body } = await fixture.get('/log');
  expect(body).not.toContain('<img src=x');
  expect(body).not.toContain('555-0123');
  expect(body).toContain('Campaign +1 786-555 3f2a');
  expect(body).toContain('href="/campaigns/c-2026-11-23-3f2a"');
});

test('all events are exported, also of one kind', async () => {
  const rows = (await fixture.get('/export/events.csv?since=24h')).body.trimEnd().split('\r\n');
  expect(rows[0]).toBe('from,to,kind,event,detail,node');
  expect(rows).toHaveLength(4);
  const { body } = await fixture.get('/export/events.json?since=24h&kinds=outage');
  expect(JSON.parse(body)).toMatchObject([{ kind: 'outage', event: 'Redis unavailable', node: 'n1' }]);
});

test('charts over time have the events as marks, and a list for everybody', async () => {
  const { body } = await fixture.get('/history?since=24h');
  const [picture = ''] = /<svg class="on-wide"[\s\S]*?<\/svg>/.exec(body) ?? [];
  expect(picture.match(/<polygon/g)).toHaveLength(3);
  expect(picture).toMatch(
    /<g class="event-bad"><line .*?<a href="\/log\?since=[^"]*".*?<title>Redis unavailable<\/title>/s,
  );
  expect(body).toMatch(/<summary>3 events in this time<\/summary>[\s\S]*Redis unavailable/);
  fixture.events = [];
  const without = (await fixture.get('/history?since=24h')).body;
  expect(without).not.toContain('<polygon');
  expect(without).not.toContain('events in this time');
});
