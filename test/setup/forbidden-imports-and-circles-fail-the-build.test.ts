import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importProblems } from '../../setup/import-problems.ts';
import { importRules } from '../../setup/import-rules.ts';
import { crowdedFolders } from '../../setup/size-problems.ts';

let copy: string;

/** A tree that has every row of the rules and needs each of their exceptions. */
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  for (const file of ['biome.json', '.gitignore', 'setup/visible-imports.grit'])
    cpSync(file, join(copy, file));
  for (const row of Object.keys(importRules.folders))
    write(
      row.endsWith('.ts') ? `src/${row}` : `src/${row}/x.ts`,
      'export const x = 1;\nexport type X = number;\n',
    );
  for (const pair of Object.keys(importRules.exceptions)) {
    const [from = '', to = ''] = pair.split(' → ');
    write(`src/${to}`, to.endsWith('.ts') ? 'export const y = 1;\n' : '{}\n');
    const line = `import '${posix.relative(posix.dirname(from), to).replace(/^(?!\.)/, './')}';\n`;
    const path = join(copy, `src/${from}`);
    write(`src/${from}`, (existsSync(path) ? readFileSync(path, 'utf8') : '') + line);
  }
  for (const file of ['lab/x.ts', 'test/x.ts', 'src/policy/conditions/c.ts', 'src/report/access/c.ts'])
    write(file, 'export const x = 1;\n');
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

function writeImports(files: Record<string, readonly string[]>): void {
  for (const [file, paths] of Object.entries(files))
    write(
      file,
      paths.map((path, i) => `import * as i${i} from '${path}';\nexport const v${i} = i${i};\n`).join(''),
    );
}

/** Where the import rules find something: `file:line`. */
async function places(): Promise<string[]> {
  return (await importProblems(copy)).map((problem) => problem.split(': ')[0] ?? '').sort();
}

/** What the step of `npm run check` says of the tree, and its exit code. */
function step(): Promise<{ code: unknown; out: string }> {
  const args = [resolve('setup/structure.ts'), copy];
  return new Promise((done) => {
    execFile(process.execPath, args, { timeout: 20_000 }, (error, out) =>
      done({ code: error?.code ?? 0, out }),
    );
  });
}

/** What the linter of `npm run check` reports as errors: `file:line rule`. */
function lint(): Promise<string[]> {
  const args = ['lint', '--reporter=github', '--diagnostic-level=error', '--max-diagnostics=200', '.'];
  return new Promise((done) => {
    execFile(resolve('node_modules/.bin/biome'), args, { cwd: copy, timeout: 20_000 }, (_error, out) => {
      const found = out.matchAll(/^::error title=([^,]+),file=([^,]+),line=(\d+)/gm);
      done(
        [...found]
          .map(
            ([, rule, file, line]) =>
              `${file?.slice(file.indexOf('/src/') + 1)}:${line} ${rule?.split('/').at(-1)}`,
          )
          .sort(),
      );
    });
  });
}

const forbidden: Record<string, readonly string[]> = {
  'src/policy/a.ts': [
    '../screening/x.ts',
    '../log/x.ts',
    '../rules/x.ts',
    'node:fs',
    'node:net',
    'node:fs/promises',
    'ioredis',
    'undici',
    'ws',
    'fastify',
    'fastify/types/hooks.js',
    'winston',
    'ari-client',
    '/etc/x.ts',
    'file:///etc/x.ts',
    'data:text/javascript,0',
    '#x',
  ],
  'src/policy/conditions/a.ts': ['../../ari/x.ts', '../../app.ts', '../../../lab/x.ts', 'node:http'],
  'src/text/a.ts': ['../call/x.ts', '../log/x.ts', 'node:fs'],
  'src/call/a.ts': ['../policy/x.ts', '../screening/x.ts', 'ioredis'],
  'src/numbers/a.ts': ['../policy/x.ts', '../lists/x.ts', 'node:fs'],
  'src/privacy/a.ts': ['../log/x.ts', '../redis/x.ts'],
  'src/screening/a.ts': [
    '../ari/x.ts',
    '../call-store/x.ts',
    '../outbox/x.ts',
    '../policy/x.ts',
    '../report/x.ts',
    '../config/x.ts',
    '../app.ts',
    'ari-client',
  ],
  'src/ari/a.ts': ['../outbox/x.ts', '../report/x.ts', '../redis/redis-keys.ts', '../cli/x.ts'],
  'src/redis/a.ts': ['../screening/x.ts', '../ari/x.ts', 'ari-client/lib/client.js'],
  'src/history/a.ts': ['../call-store/x.ts', '../outbox/x.ts', '../ari/x.ts'],
  'src/call-store/a.ts': ['../ari/x.ts', '../outbox/x.ts', '../report/x.ts', '../../test/x.ts'],
  'src/outbox/a.ts': ['../redis/x.ts', '../spool/x.ts', '../call-store/x.ts', '../ari/x.ts'],
  'src/spool/a.ts': ['../outbox/x.ts', '../redis/x.ts', '../ari/x.ts'],
  'src/report/a.ts': [
    '../redis/x.ts',
    '../call-store/x.ts',
    '../ari/x.ts',
    '../policy/../redis/x.ts',
    './../ari/x.ts',
  ],
  'src/report/access/a.ts': ['../../redis/x.ts', '../../ari/x.ts', '../../app.ts', '../../../lab/x.ts'],
  'src/report/web/pages/a.ts': ['../../../redis/x.ts', '../../../app.ts', '../../access/x.ts'],
  'src/notices/a.ts': ['../redis/x.ts', '../report/x.ts', '../ari/x.ts', '../config/x.ts'],
  'src/rules/a.ts': ['../screening/x.ts', '../config/x.ts'],
  'src/prompts/a.ts': ['../screening/x.ts', '../ari/x.ts'],
  'src/backtest/a.ts': [
    '../call-store/outcome-lines.ts',
    '../ari/x.ts',
    '../redis/x.ts',
    '../cli/x.ts',
    '../screening/x.ts',
  ],
  'src/terminal/a.ts': ['../report/x.ts', '../cli/x.ts', '../redis/x.ts'],
  'src/config/a.ts': ['../policy/x.ts'],
  'src/log/a.ts': ['../policy/x.ts', '../config/x.ts'],
  'src/lists/a.ts': ['../rules/x.ts', '../screening/x.ts'],
  'src/process/a.ts': ['../policy/x.ts', '../config/x.ts'],
  'src/main.ts': ['./cli/x.ts', '../lab/x.ts', '/etc/x.ts'],
  'src/cli/a.ts': ['../../lab/x.ts', '../../test/x.ts', 'ari-client'],
  'src/app/a.ts': ['../app.ts', '../cli/x.ts', '../../lab/x.ts', 'ari-client'],
  'src/app.ts': ['./main.ts', './cli/x.ts', '../test/x.ts', '..'],
};

const allowed: Record<string, readonly string[]> = {
  'src/policy/a.ts': ['./x.ts', './conditions/b.ts', 'zod', 'node:crypto'],
  'src/policy/conditions/b.ts': ['../x.ts', './c.ts'],
  'src/numbers/a.ts': ['../call/x.ts', 'libphonenumber-js'],
  'src/screening/a.ts': ['../call/x.ts', '../log/x.ts', './x.ts'],
  'src/ari/a.ts': ['../screening/x.ts', '../call/x.ts', '../log/x.ts', 'ari-client', 'node:http'],
  'src/redis/a.ts': ['../log/x.ts', '../privacy/x.ts', 'ioredis'],
  'src/outbox/a.ts': ['../screening/x.ts', '../call/x.ts', '../log/x.ts', 'node:sqlite'],
  'src/call-store/a.ts': ['../redis/x.ts', '../history/x.ts', '../call/x.ts'],
  'src/report/a.ts': ['../screening/x.ts', '../policy/x.ts', '../log/x.ts'],
  'src/report/web/pages/b.ts': ['./x.ts', '../x.ts', '../charts/x.ts', '../../x.ts', '../../../policy/x.ts'],
  'src/report/access/b.ts': ['../x.ts', '../../log/x.ts', './c.ts'],
  'src/notices/a.ts': ['../screening/x.ts', '../call/x.ts', '../log/x.ts', 'nodemailer'],
  'src/backtest/call-source.ts': ['../policy/x.ts', '../rules/x.ts', '../call-store/outcome-lines.ts'],
  'src/app.ts': ['./app/x.ts', './ari/x.ts', './redis/x.ts', './report/x.ts', './config/x.ts'],
  'src/main.ts': ['./app.ts', './log/x.ts'],
  'src/cli/a.ts': ['../app.ts', '../main.ts', '../ari/x.ts', '../report/x.ts'],
};

describe('an import against the direction', () => {
  it('is found in every folder, whatever its way of writing', async () => {
    writeImports(forbidden);
    const expected = Object.entries(forbidden).flatMap(([file, paths]) =>
      paths.map((_, i) => `${file}:${2 * i + 1}`),
    );
    expect(await places()).toEqual(expected.sort());
  });

  it('is found as a type, a re-export, a dynamic import and the entry of a worker too', async () => {
    write(
      'src/policy/a.ts',
      `import type { X } from '../ari/x.ts';
export type Y = X;
export * from '../ari/x.ts';
export { type X as V } from '../ari/x.ts';
export const late = () => import('../ari/x.ts');
export type Z = import('../ari/x.ts').X;
export const hidden = (name: string) => import(\`../ari/\${name}.ts\`);
export const worker = new URL('../ari/x.ts', import.meta.url);
export const ownEnding = new URL(\`../ari/x\${extname(import.meta.filename)}\`, import.meta.url);
export const computed = new URL(hidden.name, import.meta.url);
import '../ari/x.ts';
// import '../ari/x.ts';
export const text = "import '../ari/x.ts';";
import {
  x, // ünïcödé 😀 and 'quotes'
} from /* here */ '../ari/x.ts';
export const undotted = new URL('time/../../ari/x.ts', import.meta.url);
`,
    );
    expect(await places()).toEqual(
      [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17].map((line) => `src/policy/a.ts:${line}`).sort(),
    );
  });

  it('may not be hidden from the search for circles', async () => {
    write(
      'src/policy/a.ts',
      `export type Z = import('./x.ts').X;
export const hidden = (name: string) => import(\`./\${name}.ts\`);
`,
    );
    expect(await lint()).toEqual(['src/policy/a.ts:1 plugin', 'src/policy/a.ts:2 plugin']);
  });

  it('is not seen where there is none', async () => {
    writeImports(allowed);
    expect(await importProblems(copy)).toEqual([]);
    expect(await lint()).toEqual([]);
  });

  it('is told in words, and fails the step of the check', async () => {
    for (const folder of Object.keys(crowdedFolders))
      for (let i = 1; i <= 22; i++) write(`src/${folder}/n${i}.ts`, '');
    expect(await step()).toEqual({ code: 0, out: '' });
    writeImports({
      'src/cli/n1.ts': ['ari-client'],
      'src/policy/n1.ts': ['ioredis'],
      'src/text/n1.ts': ['../ari/x.ts'],
    });
    expect(await step()).toEqual({
      code: 1,
      out: `src/cli/n1.ts:1: only src/ari may import ari-client (setup/import-rules.ts)
src/policy/n1.ts:1: src/policy is pure: no I/O, no clock, so not ioredis; facts and files come in as arguments (setup/import-rules.ts)
src/text/n1.ts:1: src/text may import only itself, not src/ari/x.ts (setup/import-rules.ts)
`,
    });
  });
});

it('the entry of a worker that is not there is found', async () => {
  write('src/log/a.ts', 'new URL(`./gone${extname(import.meta.filename)}`, import.meta.url);\n');
  expect(await importProblems(copy)).toEqual(['src/log/a.ts:1: there is no src/log/gone.ts']);
});

describe('the table of import rules', () => {
  it('has a row for every folder of src, and a folder for every row', async () => {
    write('src/fresh/a.ts', "import '../ari/x.ts';\n");
    rmSync(join(copy, 'src/notices'), { recursive: true });
    expect(await importProblems(copy)).toEqual([
      'setup/import-rules.ts: src/fresh has no row',
      'setup/import-rules.ts: notices has a row and is not in src',
    ]);
  });

  it('names only what has a row, and no exception that is not needed', async () => {
    write('src/process/version.ts', '');
    const folders = { ...importRules.folders, log: 'policies', policy: 'log' };
    const pure = { ...importRules.pure, harbors: '' };
    expect(await importProblems(copy, { ...importRules, folders, pure })).toEqual([
      'setup/import-rules.ts: policies is named and has no row',
      'setup/import-rules.ts: harbors is named and has no row',
      'setup/import-rules.ts: the exception process/version.ts → ../package.json is not needed',
    ]);
  });
});

describe('a circle', () => {
  it('is found within a folder and over three files', async () => {
    write('src/policy/a.ts', "import { b } from './b.ts';\nexport const a = b;\n");
    write('src/policy/b.ts', "import { c } from './c.ts';\nexport const b = c;\n");
    write('src/policy/c.ts', "import { a } from './a.ts';\nexport const c = a;\n");
    expect(await lint()).toEqual(['a', 'b', 'c'].map((file) => `src/policy/${file}.ts:1 noImportCycles`));
  });

  it('is found when only types go round', async () => {
    write('src/log/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n");
    write('src/log/b.ts', "import type { A } from './a.ts';\nexport type B = A;\n");
    expect(await lint()).toEqual(['src/log/a.ts:1 noImportCycles', 'src/log/b.ts:1 noImportCycles']);
  });
});

it('ari-client is named in src/ari only', () => {
  const others = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('ari/'))
    .filter((file) => readFileSync(join('src', file), 'utf8').includes('ari-client'));
  expect(others).toEqual([]);
});
