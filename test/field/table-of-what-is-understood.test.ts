import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  callerCalls,
  dialectCalls,
  dialedCalls,
  type FieldCall,
  fieldTrunks,
  presetCalls,
  shortCodeCalls,
} from './header-dialects.ts';
import { listExports } from './list-exports.ts';
import { carrierWritings, noNumbers, noNumberWritings, shortCodes, writings } from './number-writings.ts';

const page = new URL('../../docs/field.md', import.meta.url);
const begin = '<!-- headers: from test/field/header-dialects.ts -->';
const end = '<!-- end of headers -->';

const code = (text: string) =>
  `\`${text.replaceAll('|', '\\|').replace(/(.{30})(.{20,}?)(.{60})$/, (all, a, _b, c) => (all.length > 400 ? `${a}…${c}` : all))}\``;
const row = (...cells: string[]) => `| ${cells.join(' | ')} |`;

function table(calls: readonly FieldCall[], answer: (want: FieldCall['want']) => string): string[] {
  return [
    row('case', 'trunk', 'written', 'read as'),
    row('---', '---', '---', '---'),
    ...calls.map(({ what, trunk, from, headers = [], to, want }) => {
      const written = to === undefined ? [`From: ${from}`, ...headers] : [`INVITE sip:${to}@…`];
      return row(what, trunk, written.map(code).join('<br>'), `**${answer(want)}**`);
    }),
    '',
  ];
}

function headersSection(): string {
  const trunks = Object.entries(fieldTrunks).map(([name, settings]) =>
    row(name, settings === null ? 'no entry: no header is believed' : code(settings)),
  );
  return [
    begin,
    '## Headers',
    '',
    'Each row is a call that the tests ring on a real Asterisk. All that is believed here is not believed on a trunk without an entry, nor on one with `believe: nothing`: it reads as **none** there.',
    '',
    row('trunk', 'its entry under `trunks:`'),
    row('---', '---'),
    ...trunks,
    '',
    '### What carriers document (`like:`)',
    '',
    ...table(presetCalls, ({ verification }) => verification ?? ''),
    '### Dialects, and what is refused',
    '',
    ...table(dialectCalls, ({ verification }) => verification ?? ''),
    '### Who is the caller',
    '',
    ...table(callerCalls, ({ caller }) => caller ?? ''),
    '### Short codes, and the shipped rule that decides',
    '',
    ...table(shortCodeCalls, ({ caller, rule }) => `${caller}: ${rule}`),
    '### What was dialed',
    '',
    ...table(dialedCalls, ({ called }) => called ?? ''),
    end,
  ].join('\n');
}

const beginNumbers = '<!-- numbers: from test/field/number-writings.ts -->';
const endNumbers = '<!-- end of numbers -->';

function numbersSection(): string {
  // Marks that nobody sees are shown by their code.
  const shown = (text: string) =>
    text === ''
      ? '(empty)'
      : code(text.replace(/[\p{Cf}\u2011]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`));
  const head = (...cells: string[]) => [row(...cells), row(...cells.map(() => '---'))];
  const read = (all: typeof writings) =>
    all.map(([written, region, number]) =>
      row(shown(written), region, number === null ? '**no number**' : number),
    );
  return [
    beginNumbers,
    '## Numbers',
    '',
    'In lists, rules and what people type:',
    '',
    ...head('written', 'region', 'read as'),
    ...read(writings),
    '',
    'Refused, and named by line in lists; each was, or could be taken for, another number:',
    '',
    ...head('written', 'region'),
    ...noNumbers.map(([written, region]) => row(shown(written), region)),
    '',
    'Short codes (decision 0022), in lists and rules:',
    '',
    ...head('written', 'region', 'read as'),
    ...read(shortCodes),
    '',
    'What a trunk sends may be E.164 without its plus:',
    '',
    ...head('written', 'region', 'read as'),
    ...read(carrierWritings),
    '',
    'What a trunk sends in place of a number:',
    '',
    ...head('written', 'presentation', 'the caller is'),
    ...noNumberWritings.map(([written, presentation, reason]) => row(shown(written), presentation, reason)),
    '',
    endNumbers,
  ].join('\n');
}

const beginLists = '<!-- lists: from test/field/list-exports.ts -->';
const endLists = '<!-- end of lists -->';

function listsSection(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = listExports.map(({ what, file, format, region, columns, rows, named }) => {
    const settings = [
      format && `format: ${format}`,
      region && `default-region: ${region}`,
      columns &&
        `columns: { ${Object.entries(columns)
          .map(([field, name]) => `${field}: ${typeof name === 'string' ? name : `[${name.join(', ')}]`}`)
          .join(', ')} }`,
    ].filter((one) => one !== undefined);
    const problems = named.map(([line, message]) => `line ${line}: ${cell(message)}`);
    return row(
      what,
      code(file),
      settings.map((one) => code(one)).join('<br>'),
      rows.length === 0 ? '**refused**' : `${rows.length}: ${rows.map(([number]) => number).join(' ')}`,
      problems.join('<br>'),
    );
  });
  return [
    beginLists,
    '## Lists',
    '',
    'Files as people have them, in `test/field/exports`. Each row is loaded right, or named by its line. A file that is refused leaves the last good list in force.',
    '',
    row('export', 'file', 'settings of the list', 'loaded', 'named'),
    row('---', '---', '---', '---', '---'),
    ...rows,
    '',
    endLists,
  ].join('\n');
}

it('docs/field.md says of lists what the tests of exports prove', () => {
  const text = readFileSync(page, 'utf8');
  const now = text.slice(text.indexOf(beginLists), text.indexOf(endLists) + endLists.length);
  if (process.env.WRITE_FIELD === '1') writeFileSync(page, text.replace(now, listsSection));
  else expect(now).toBe(listsSection());
});

it('docs/field.md says of numbers what the tests of numbers prove', () => {
  const text = readFileSync(page, 'utf8');
  const now = text.slice(text.indexOf(beginNumbers), text.indexOf(endNumbers) + endNumbers.length);
  if (process.env.WRITE_FIELD === '1') writeFileSync(page, text.replace(now, numbersSection));
  else expect(now).toBe(numbersSection());
});

/** `WRITE_FIELD=1` writes it. */
it('docs/field.md says of headers what the calls on the real Asterisk prove', () => {
  const text = readFileSync(page, 'utf8');
  const now = text.slice(text.indexOf(begin), text.indexOf(end) + end.length);
  if (process.env.WRITE_FIELD === '1') writeFileSync(page, text.replace(now, headersSection));
  else expect(now).toBe(headersSection());
});
