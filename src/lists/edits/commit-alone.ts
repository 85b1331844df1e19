import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { visibleText } from '../../text/visible-text.ts';

const exec = promisify(execFile);
const deadlineMs = 15_000;
/** Nothing that is configured in the repository runs: no hook, no signing program, no watcher of files. */
const quiet = [
  ...['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'commit.gpgSign=false'],
  ...['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
];

export interface Commit {
  /** Directory of the file, without links. */
  readonly dir: string;
  /** Name of the file in it. */
  readonly file: string;
  readonly message: string;
  /** What the person is called; hostile. */
  readonly author: string;
}

/**
 * Commits one file of a repository, whatever else is changed or staged there.
 * @returns `committed`, `no-repository` (also: no git), or why git did not take it. Never rejects
 */
export async function commitAlone({ dir, file, message, author }: Commit): Promise<string> {
  const name = authorName(author);
  const person = { NAME: name, EMAIL: 'gatehouse@localhost' };
  const env = {
    ...process.env,
    ...Object.fromEntries(
      Object.entries(person).flatMap(([of, text]) => [
        [`GIT_AUTHOR_${of}`, text],
        [`GIT_COMMITTER_${of}`, text],
      ]),
    ),
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  const git = async (...args: string[]) =>
    (await exec('git', [...quiet, '-C', dir, ...args], { env, timeout: deadlineMs })).stdout.trim();
  try {
    await git('rev-parse', '--is-inside-work-tree');
  } catch (error) {
    return /dubious ownership/.test(words(error))
      ? 'the repository belongs to another user (git: safe.directory)'
      : 'no-repository';
  }
  try {
    if ((await git('ls-files', '--', file)) === '') return 'git does not follow the file: git add it once';
    await git('commit', '--quiet', '--no-verify', '--only', '-m', message, '--', file);
    return 'committed';
  } catch (error) {
    return words(error).slice(0, 200);
  }
}

/** What git takes as a name: no line ends, no angle brackets, not empty. */
function authorName(text: string): string {
  const name = visibleText(text, 'space', 80).replace(/[<>]/g, '').trim();
  return /[\p{L}\p{N}]/u.test(name) ? name : 'somebody';
}

function words(error: unknown): string {
  const { stderr = '', message = '' } = error as { readonly stderr?: string; readonly message?: string };
  return visibleText((stderr.trim() || message).replace(/^(?:fatal|error): /, ''), 'space');
}
