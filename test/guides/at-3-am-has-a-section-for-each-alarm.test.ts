import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const guide = readFileSync('docs/at-3-am.md', 'utf8');
const [, ...sections] = guide.split(/^### /m);
/** Under each heading a line that says what leads there; what stands in backticks, by the word before it. */
const seenAs = sections.map((section) => section.split('\n')[1] ?? '');
const named = (word: string): string[] =>
  seenAs
    .flatMap((line) => line.split(' · '))
    .filter((part) => part.toLowerCase().startsWith(word))
    .flatMap((part) => [...part.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .filter((name) => name !== 'gatehouse-watch.timer');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();

it('every section says what leads to it, and then what to do', () => {
  expect(sections.length).toBeGreaterThan(10);
  for (const section of sections) {
    const [, leads = '', empty, ...rest] = section.split('\n');
    expect(leads).toMatch(/^(Alert|Notice|Doctor) /);
    expect(empty).toBe('');
    expect(rest.join('').length).toBeGreaterThan(40);
  }
});

it('every alert of Prometheus has one, and there is no other', () => {
  const shape = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string() })) })) });
  const { groups } = shape.parse(parse(readFileSync('deploy/prometheus/gatehouse.rules.yml', 'utf8')));
  expect(sorted(named('alert'))).toEqual(
    sorted(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))),
  );
});

it('every kind of notice has one, by the title that it has in the mail', () => {
  const [, kinds = ''] =
    /type NoticeKind =([^;]+);/.exec(readFileSync('src/notices/notice.ts', 'utf8')) ?? [];
  expect(sorted(named('notice'))).toEqual(
    sorted([...kinds.matchAll(/'([a-z-]+)'/g)].map(([, kind = '']) => kind)),
  );
  const texts = ['src/notices/notice-texts.ts', 'src/watch/alarm.ts'].map((path) =>
    readFileSync(path, 'utf8'),
  );
  const titles = [...texts.join('\n').matchAll(/\btitle: '([^']+)'/g)].map(([, title = '']) => title);
  expect(titles.length).toBeGreaterThan(7);
  for (const title of titles) expect(seenAs.join('\n')).toContain(`“${title}”`);
});

it('everything that doctor calls an error has one', () => {
  const folder = 'src/doctor/groups';
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  // Ids are given to error() as they are, or are made beforehand: `const id = …`, or as an argument.
  const ids = code.flatMap((text) =>
    [...text.matchAll(/\berror\(\s*['`]([a-z]+\.[a-z-]*(?:\.[a-z-]+)*)/g)].map(([, id = '']) => id),
  );
  const groups = named('doctor');
  const without = ids
    .map((id) => id.replace(/\.$/, ''))
    .filter((id) => !groups.some((name) => id === name || id.startsWith(`${name}.`)));
  expect(sorted(without)).toEqual([]);
  expect(ids.length).toBeGreaterThan(15);
});

it('every finding that it names exists', () => {
  const files = ['src/doctor/groups', 'src/redis'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const text = files.join('\n');
  // Some ids are made of a group and a part: `asterisk.${file}-sections`, `redis.${code}`.
  const made = ['asterisk.ari-sections', 'asterisk.http-sections', 'redis.version'];
  const lost = named('doctor').filter(
    (id) =>
      !made.includes(id) &&
      !text.includes(`'${id}'`) &&
      !text.includes(`\`${id}.`) &&
      !text.includes(`'${id}.`),
  );
  expect(lost).toEqual([]);
});
