import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { fileList } from '../lists/list-fixture.ts';
import { longestTurnMs } from '../processor-time.ts';

const count = 1_000_000;
const now = Date.UTC(2026, 2, 12, 12);
let root: string;
let data: string;

/** Area codes of North America; N11 is none. */
const areas = Array.from({ length: 800 }, (_, at) => 200 + at).filter((area) => area % 100 !== 11);

/** Number `i`: different from all others, all over North America. */
function digits(i: number): string {
  const at = (i * 777_777_777) % (areas.length * 8_000_000);
  return `${areas[Math.floor(at / 8_000_000)]}${200 + (Math.floor(at / 10_000) % 800)}${String(at % 10_000).padStart(4, '0')}`;
}

function row(i: number): string {
  const number = digits(i);
  if (i % 1000 === 1)
    return `"(${number.slice(0, 3)}) ${number.slice(3, 6)}-${number.slice(6)}","Caller ""${i}""",,`;
  if (i % 1000 === 2) return `+1${number},,2026-01-01,`;
  if (i % 1000 === 3) return `not a number ${i},,,`;
  return `+1${number},,,`;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-million-'));
  data = join(root, 'data');
  mkdirSync(join(root, 'lists'));
  const file = openSync(join(root, 'lists/big.csv'), 'w');
  writeSync(file, 'number,name,expires,note\n');
  for (let begin = 0; begin < count; begin += 10_000) {
    const rows = Array.from({ length: 10_000 }, (_, i) => `${row(begin + i)}\n`);
    writeSync(file, rows.join(''));
  }
  closeSync(file);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function load() {
  const library = new ListLibrary({ dir: data, serving: true });
  const maxTurnMs = await longestTurnMs(() =>
    library.open([fileList('big', 'lists/big.csv')], 'US', root, root),
  );
  const list = library.list('big');
  if (!list) throw new Error('the list was not read');
  return { library, list, status: library.status()[0], maxTurnMs };
}

it('each number is found, expired and bad rows are not, and the event loop goes on', async () => {
  const first = await load();
  expect(first.status).toMatchObject({ fromCache: false, size: count - count / 1000, lastError: null });
  expect(first.list.stats).toMatchObject({ badRows: count / 1000, duplicates: 0 });
  expect(first.list.problems).toHaveLength(21);
  expect(first.list.problems[0]).toMatchObject({ line: 5, code: 'bad-row' });
  // Reading takes a second or more; a call must not wait for it.
  expect(first.maxTurnMs).toBeLessThan(250);
  expect(first.list.bytes / count).toBeLessThan(9);

  const second = await load();
  expect(second.status).toMatchObject({ fromCache: true, size: first.list.size });
  for (const { list } of [first, second]) {
    for (let i = 0; i < count; i += 7) {
      const kind = i % 1000;
      const wanted = kind === 2 || kind === 3 ? null : { name: kind === 1 ? `Caller "${i}"` : null };
      expect(list.find(`+1${digits(i)}`, now)).toEqual(wanted);
      if (i % 70_000 === 0) expect(list.locate(`+1${digits(i)}`, now)[0]?.line).toBe(i + 2);
    }
    for (let i = count; i < count + 10_000; i++) expect(list.find(`+1${digits(i)}`, now)).toBeNull();
  }
});

it('a damaged image of a big list is made anew beside the event loop', async () => {
  await load();
  const [image = ''] = readdirSync(data).filter((name) => name.endsWith('.list'));
  writeFileSync(join(data, image), 'damaged');
  const again = await load();
  expect(again.status).toMatchObject({ fromCache: false, size: count - count / 1000 });
  expect(again.maxTurnMs).toBeLessThan(250);
});
