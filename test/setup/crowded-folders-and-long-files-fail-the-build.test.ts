import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sizeProblems } from '../../setup/size-problems.ts';

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'gatehouse-sizes-'));
  write('src/log/x.ts', '');
  write('src/log/room/x.ts', '');
  write('src/ari/x.ts', '');
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

describe('the size', () => {
  it('of a folder is at most 22 files, rooms within it not counted', async () => {
    for (let i = 1; i < 22; i++) write(`src/log/n${i}.ts`, '');
    for (let i = 1; i < 22; i++) write(`src/log/room/n${i}.ts`, '');
    expect(await sizeProblems(tree, {})).toEqual([]);
    write('src/log/n22.ts', '');
    expect(await sizeProblems(tree, {})).toEqual(['src/log: 23 files, at most 22']);
    expect(await sizeProblems(tree, { log: 23 })).toEqual([]);
  });

  it('of a folder with an exception may not grow, and the exception goes when nobody needs it', async () => {
    for (let i = 1; i < 25; i++) write(`src/log/n${i}.ts`, '');
    expect(await sizeProblems(tree, { log: 24, ari: 30, gone: 30 })).toEqual([
      'src/log: 25 files, at most 24',
      'setup/size-problems.ts: src/ari needs its exception no longer',
      'setup/size-problems.ts: src/gone needs its exception no longer',
    ]);
  });

  it('of a file is at most 300 lines', async () => {
    write('src/log/long.ts', '//\n'.repeat(300));
    expect(await sizeProblems(tree, {})).toEqual([]);
    write('src/log/long.ts', '//\n'.repeat(301));
    expect(await sizeProblems(tree, {})).toEqual(['src/log/long.ts:301: 301 lines, at most 300']);
  });
});
