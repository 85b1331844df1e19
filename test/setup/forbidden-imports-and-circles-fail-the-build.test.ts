import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  for (const file of ['biome.json', '.gitignore', 'setup/import-rules.json', 'setup/visible-imports.grit'])
    cpSync(file, join(copy, file));
  for (const folder of readdirSync('src', { withFileTypes: true }))
    if (folder.isDirectory())
      write(`src/${folder.name}/x.ts`, 'export const x = 1;\nexport type X = number;\n');
  write('src/app.ts', 'export const x = 1;\n');
  write('src/main.ts', 'export const x = 1;\n');
  write('lab/x.ts', 'export const x = 1;\n');
  write('test/x.ts', 'export const x = 1;\n');
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
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
  ],
  'src/policy/conditions/a.ts': ['../../ari/x.ts', '../../app.ts', '../../../lab/x.ts', 'node:http'],
  'src/screening/a.ts': [
    '../ari/x.ts',
    '../records/x.ts',
    '../report/x.ts',
    '../config/x.ts',
    '../app.ts',
    'ari-client',
  ],
  'src/ari/a.ts': ['../records/x.ts', '../report/x.ts', '../records/redis-keys.ts', '../cli/x.ts'],
  'src/records/a.ts': ['../ari/x.ts', '../report/x.ts', '../../test/x.ts', 'ari-client/lib/client.js'],
  'src/report/a.ts': ['../records/x.ts', '../ari/x.ts', '../policy/../records/x.ts', './../ari/x.ts'],
  'src/report/access/a.ts': ['../../records/x.ts', '../../ari/x.ts', '../../app.ts', '../../../lab/x.ts'],
  'src/report/web/pages/a.ts': ['../../../records/x.ts', '../../../app.ts', '../../access/x.ts'],
  'src/notices/a.ts': ['../records/x.ts', '../report/x.ts', '../ari/x.ts', '../config/x.ts'],
  'src/rules/a.ts': ['../screening/x.ts', '../config/x.ts'],
  'src/prompts/a.ts': ['../screening/x.ts', '../ari/x.ts'],
  'src/backtest/a.ts': ['../ari/x.ts', '../records/x.ts', '../cli/x.ts', '../screening/x.ts'],
  'src/config/a.ts': ['../policy/x.ts'],
  'src/log/a.ts': ['../policy/x.ts', '../config/x.ts'],
  'src/cli/a.ts': ['../../lab/x.ts', '../../test/x.ts', 'ari-client'],
  'src/other.ts': ['./app.ts', './cli/x.ts', '../lab/x.ts', 'ari-client'],
  'src/app.ts': ['./main.ts', './cli/x.ts', '../test/x.ts'],
};

const allowed: Record<string, readonly string[]> = {
  'src/policy/a.ts': ['./x.ts', './conditions/b.ts', 'zod', 'node:crypto'],
  'src/policy/conditions/b.ts': ['../x.ts', './c.ts'],
  'src/screening/a.ts': ['../policy/x.ts', '../log/x.ts', './x.ts'],
  'src/ari/a.ts': ['../screening/x.ts', '../policy/x.ts', '../log/x.ts', 'ari-client', 'node:http'],
  'src/records/a.ts': ['../screening/x.ts', '../policy/x.ts', '../log/x.ts', 'ioredis', 'node:sqlite'],
  'src/report/a.ts': ['../screening/x.ts', '../policy/x.ts', '../log/x.ts', '../records/redis-keys.ts'],
  'src/report/web/pages/b.ts': ['./x.ts', '../x.ts', '../charts/x.ts', '../../x.ts', '../../../policy/x.ts'],
  'src/report/access/b.ts': ['../x.ts', '../../log/x.ts', '../../records/redis-keys.ts', './c.ts'],
  'src/notices/a.ts': ['../screening/x.ts', '../policy/x.ts', '../log/x.ts', 'nodemailer'],
  'src/backtest/a.ts': ['../policy/x.ts', '../rules/x.ts', '../records/redis-outcome-lines.ts'],
  'src/app.ts': ['./ari/x.ts', './records/x.ts', './report/x.ts', './config/x.ts'],
  'src/main.ts': ['./app.ts', './log/x.ts'],
  'src/cli/a.ts': ['../app.ts', '../main.ts', '../ari/x.ts', '../report/x.ts'],
};

describe('an import against the direction', () => {
  it('is found in every folder, whatever its way of writing', async () => {
    for (const [file, paths] of Object.entries(forbidden))
      write(
        file,
        paths.map((path, i) => `import * as i${i} from '${path}';\nexport const v${i} = i${i};\n`).join(''),
      );
    const expected = Object.entries(forbidden).flatMap(([file, paths]) =>
      paths.map((_, i) => `${file}:${2 * i + 1} noRestrictedImports`),
    );
    expect((await lint()).filter((found) => found.endsWith('noRestrictedImports'))).toEqual(expected.sort());
  });

  it('is found as a type, a re-export and a dynamic import too', async () => {
    write(
      'src/policy/a.ts',
      `import type { X } from '../ari/x.ts';
export type Y = X;
export * from '../ari/x.ts';
export const late = () => import('../ari/x.ts');
export type Z = import('../ari/x.ts').X;
export const hidden = (name: string) => import(\`../ari/\${name}.ts\`);
`,
    );
    expect(await lint()).toEqual([
      'src/policy/a.ts:1 noRestrictedImports',
      'src/policy/a.ts:3 noRestrictedImports',
      'src/policy/a.ts:4 noRestrictedImports',
      'src/policy/a.ts:5 plugin',
      'src/policy/a.ts:6 plugin',
    ]);
  });

  it('is not seen where there is none', async () => {
    for (const [file, paths] of Object.entries(allowed))
      write(
        file,
        paths.map((path, i) => `import * as i${i} from '${path}';\nexport const v${i} = i${i};\n`).join(''),
      );
    expect(await lint()).toEqual([]);
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

it('every folder of src has its import rule', () => {
  const { overrides } = JSON.parse(readFileSync('setup/import-rules.json', 'utf8'));
  const ruled = overrides.flatMap((override: { includes: string[] }) => override.includes);
  for (const folder of readdirSync('src', { withFileTypes: true }))
    if (folder.isDirectory()) expect(ruled).toContain(`src/${folder.name}/**`);
});
