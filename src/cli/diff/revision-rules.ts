import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command/run.ts';
import { isDirectory } from './compared-rules-dir.ts';

const exec = promisify(execFile);
const deadlineMs = 60_000;
const maxArchiveBytes = 512 * 1024 * 1024;

/** A rule directory, or a copy of one as git has it. */
export interface RulesSource {
  /** As the user typed it. */
  readonly name: string;
  readonly dir: string;
  close(): Promise<void>;
}

/**
 * `rules`, `HEAD~1:rules`, or `HEAD~1`: the directory of the other argument at that revision.
 * @throws CommandError `no-rules`
 */
export async function rulesSource(asked: string, other: string): Promise<RulesSource> {
  if (await isDirectory(asked)) return { name: asked, dir: asked, close: async () => undefined };
  const [revision = '', path] = split(asked);
  if (revision === '' || revision.startsWith('-'))
    throw new CommandError('no-rules', `${asked} is no directory and no git revision`);
  const base = path === undefined && (await isDirectory(other)) ? other : '.';
  const git = async (from: string, ...args: string[]) =>
    exec('git', ['-C', from, ...args], {
      timeout: deadlineMs,
      encoding: 'buffer',
      maxBuffer: maxArchiveBytes,
    });
  const failed = (error: unknown) => {
    const { stderr, message } = error as { readonly stderr?: Buffer; readonly message: string };
    const [why = message] = String(stderr ?? '').split('\n');
    return new CommandError('no-rules', `${asked} is no directory, and git has no such rules: ${why}`);
  };
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-diff-'));
  const close = () => rm(dir, { recursive: true, force: true });
  try {
    const { stdout: places } = await git(base, 'rev-parse', '--show-toplevel', '--show-prefix');
    const [top = '.', prefix = ''] = String(places).split('\n');
    const tree = `${revision}:${(path ?? prefix).replace(/\/+$/, '')}`;
    // From the top: below it, git archive takes only what has the same path in the tree.
    const { stdout } = await git(top, 'archive', '--format=tar', tree);
    const unpacked = exec('tar', ['-x', '-C', dir], { timeout: deadlineMs });
    unpacked.child.stdin?.end(stdout);
    await unpacked;
    return { name: tree, dir, close };
  } catch (error) {
    await close();
    throw failed(error);
  }
}

function split(asked: string): [string, string?] {
  const at = asked.indexOf(':');
  return at < 0 ? [asked] : [asked.slice(0, at), asked.slice(at + 1)];
}
