import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { commandTable } from '../../src/cli/command/command-table.ts';
import { settingNames } from '../../src/config/read-setting.ts';

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'],
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** A bracket in a configuration file is no link. */
const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '``');

/** The anchors that GitHub gives headings; a comment in a block of code is none. */
function anchors(text: string): string[] {
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('every link of a document leads to a file, and to a heading in it', () => {
  const lost: string[] = [];
  let links = 0;
  for (const { path, text } of documents)
    for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      const [file = '', anchor] = target.split('#');
      const at = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(at)) lost.push(`${path}: ${target}`);
      else if (anchor !== undefined && !anchors(readFileSync(at, 'utf8')).includes(anchor))
        lost.push(`${path}: ${target}`);
    }
  expect(links).toBeGreaterThan(20);
  expect(lost).toEqual([]);
});

it('every file of the project that a document names is there', () => {
  const lost = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w./-])(?:src|docs|test|setup|lab|bench|deploy|dialplan)\/[\w./-]*\w/g)]
      .map(([name]) => name)
      .filter((name) => !existsSync(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(lost).toEqual([]);
});

it('every command, script and setting that a document names exists', () => {
  const commands = Object.keys(commandTable);
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const dialplan = readdirSync('dialplan').map((name) => readFileSync(join('dialplan', name), 'utf8'));
  const variables = dialplan.flatMap((text) => text.match(/\bGATEHOUSE_[A-Z_]+\b/g) ?? []);
  // The app writes this one.
  const settings = [...settingNames, ...variables, 'GATEHOUSE_BEAT'];
  const unknown: string[] = [];
  for (const { path, text } of documents) {
    for (const [, name = ''] of text.matchAll(/npm run (?:-s )?([\w:]+)/g))
      if (!(name in scripts)) unknown.push(`${path}: npm run ${name}`);
    for (const [, name = ''] of text.matchAll(/(?:`gatehouse|npm run -s gatehouse --) ([a-z]+)/g))
      if (!commands.includes(name)) unknown.push(`${path}: gatehouse ${name}`);
    for (const [name] of text.matchAll(/\bGATEHOUSE_[A-Z_]+\b/g))
      if (!settings.includes(name)) unknown.push(`${path}: ${name}`);
  }
  expect(unknown).toEqual([]);
});

it('every document is in the list of documents, and on the site', () => {
  const list = readFileSync('docs/README.md', 'utf8');
  const site = readFileSync('setup/site/.vitepress/config.mjs', 'utf8');
  const names = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(names.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  expect(names.filter((name) => !site.includes(`'/${name.replace('.md', '')}'`))).toEqual([]);
});

it('no text in angle brackets, which a browser takes for markup and does not show', () => {
  const shown = documents.map(({ path, text }) => [path, withoutCode(text).replace(/<!--.*?-->/gs, '')]);
  const lost = shown.flatMap(([path, text = '']) =>
    [...text.matchAll(/<\/?[a-z][^>\n]*>/gi)]
      .filter(([tag]) => tag !== '<br>')
      .map(([tag]) => `${path}: ${tag}`),
  );
  expect(lost).toEqual([]);
});
