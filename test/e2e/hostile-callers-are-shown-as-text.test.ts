import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { type Ran, runCli } from '../cli/run-cli.ts';
import { analystHeaders } from './analyst.ts';
import { openBrowser, openWindow } from './browser.ts';
import { outcomesOf } from './outcomes.ts';

/** Display names as they stand between the quotes of From: SIP lets escape sequences and direction marks through. */
const names = {
  markup: '<img src=x onerror=alert(1)>',
  formula: '=HYPERLINK(\\"http://x.example\\",\\"y\\")',
  escapes: '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  'escapes of one character': '\u009b31mred',
  'direction marks': 'invoice\u202egpj.exe\u2066\u200f',
  'a formula behind a mark': '\u200f=1+1',
};
/** In place of a number; Asterisk decodes it. */
const hostileUser = '=1+1%1b%5b31m%e2%80%ae';
/** What moves, colors, turns or hides in a terminal or a viewer; no line of its own but ours. */
const live =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

let lab: Lab;
let browser: Browser;
let outcomes: Outcome[];
const named = (name: string): Outcome => {
  const found = outcomes.find(({ facts }) => facts.caller.displayName === name);
  if (found === undefined) throw new Error(`no call of ${JSON.stringify(name)}`);
  return found;
};

beforeAll(async () => {
  // The most that it ever logs.
  lab = await Lab.up({ env: { GATEHOUSE_LOG_LEVEL: 'debug', GATEHOUSE_LOG_NUMBERS: 'full' } });
  const steps = [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1000 }];
  const scripts = [
    ...Object.values(names).map((displayName, n) => ({ from: `+1212555016${n}`, displayName, steps })),
    { from: hostileUser, displayName: 'Jo', steps: [{ hold: 1000 }] },
  ];
  const phones = await Promise.all(scripts.map((script) => lab.ring({ ...script, to: switchboard })));
  await Promise.all(phones.map((phone) => phone.finished()));
  const found = await outcomesOf(
    lab,
    phones.map((phone) => phone.callId()),
  );
  outcomes = [...found.values()].flat();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await lab?.down();
});

async function gatehouse(...args: string[]): Promise<Ran> {
  const ran = await runCli(args, { env: lab.gatehouse.environment });
  expect(ran, args.join(' ')).toMatchObject({ exitCode: 0 });
  return ran;
}

it('they come as they were sent: the records have every byte', () => {
  for (const name of Object.values(names)) expect(named(name).challenge?.result).toBe('passed');
  expect(named('Jo').facts.caller).toMatchObject({ number: null, raw: '=1+1\u001b[31m\u202e' });
});

it('on every page they are text, and what cannot be seen is named', async () => {
  const headers = await analystHeaders(lab);
  const { page, context, external, complaints } = await openWindow(browser, lab.gatehouse.url, { headers });
  const paths = ['/', '/calls', ...outcomes.map(({ callId }) => `/calls/${callId}`)];
  for (const path of paths) {
    expect((await page.goto(path))?.status(), path).toBe(200);
    expect(await page.content(), path).not.toMatch(live);
    expect(await page.locator('img:not([src^="/assets/"])').count(), path).toBe(0);
  }
  await page.goto('/calls');
  const shown = await page.locator('tbody').innerText();
  for (const text of [
    names.markup,
    names.formula,
    '‹U+001B›[2J‹U+001B›[31mred‹U+001B›]0;title‹U+0007›',
    '‹U+009B›31mred',
    'invoice‹U+202E›gpj.exe‹U+2066›‹U+200F›',
  ])
    expect(shown).toContain(text);
  await page.goto(`/calls/${named('Jo').callId}`);
  expect(await page.locator('main').innerText()).toContain('=1+1‹U+001B›[31m‹U+202E›');
  expect([external, complaints]).toEqual([[], []]);
  await context.close();
});

for (const args of [
  ['calls', '--show-numbers'],
  ['top', 'callers', '--show-numbers'],
  ['report', '--show-numbers'],
])
  it(`gatehouse ${args.join(' ')} --csv: no cell is a formula, and each is read back`, async () => {
    const { stdout } = await gatehouse(...args, '--csv');
    expect(stdout.replaceAll('\r\n', '\n')).not.toMatch(live);
    const rows: string[][] = parse(stdout, { record_delimiter: '\r\n', relax_column_count: true });
    expect(rows.length).toBeGreaterThan(1);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[\s"]*[=+@\uFF1D]|^-\D/);
    if (args[0] !== 'calls') return;
    const at = rows[0]?.indexOf('display_name') ?? -1;
    const cells = rows.slice(1).map((row) => row[at]);
    expect(cells).toContain(names.markup);
    expect(cells).toContain(`'${names.formula}`);
    expect(cells).toContain('�[2J�[31mred�]0;title�');
    expect(cells).toContain('invoice�gpj.exe��');
  });

it('at a terminal, as text and as JSON, nothing of theirs acts, and JSON is read back as it was', async () => {
  const ids = [names.escapes, names['direction marks'], 'Jo'].map((name) => named(name).callId);
  const texts = [
    await gatehouse('calls', '--show-numbers'),
    await gatehouse('report'),
    await gatehouse('top', 'callers'),
    ...(await Promise.all(ids.map((id) => gatehouse('call', id, '--show-numbers')))),
    ...(await Promise.all(ids.slice(0, 2).map((id) => gatehouse('explain', `--call=${id}`)))),
  ];
  for (const { stdout, stderr } of texts) expect(stdout + stderr).not.toMatch(live);
  expect(texts[0]?.stdout.trimEnd().split('\n')).toHaveLength(outcomes.length + 1);
  expect(texts[0]?.stdout).toContain(names.markup);
  const json = await gatehouse('calls', '--json', '--show-numbers');
  expect(json.stdout).not.toMatch(live);
  const read = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).outcome as Outcome);
  expect(new Set(read.map(({ facts }) => facts.caller.displayName))).toEqual(
    new Set([...Object.values(names), 'Jo']),
  );
  const { callId } = named(names.escapes);
  const one = await gatehouse('call', callId, '--json', '--show-numbers');
  expect(one.stdout).not.toMatch(live);
  expect(JSON.parse(one.stdout).outcome.facts.caller.displayName).toBe(names.escapes);
});

it('in the log each line is one JSON object, and holds nothing that acts', async () => {
  const text = await readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
  expect(text).not.toMatch(live);
  const lines = text
    .slice(0, text.lastIndexOf('\n'))
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  for (const { callId } of outcomes)
    expect(lines.filter((line) => line.message === 'Call screened' && line.callId === callId)).toHaveLength(
      1,
    );
});
