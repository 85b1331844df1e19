import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RuleChangeFindings } from '../../policy/rule-change.ts';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import { endFirstWhenMemoryRunsOut, workInBackground } from '../../process/background-work.ts';
import { readRuleFiles } from '../../rules/rule-files.ts';
import { visibleText } from '../../text/visible-text.ts';
import { type CompareTask, type FromCompare, maxWords } from './compare-messages.ts';
import { fileChanges, keepTexts } from './rule-texts.ts';

const exec = promisify(execFile);

/** Calls go first, and this process is among the first to end when memory runs out. */
workInBackground(15);
endFirstWhenMemoryRunsOut();

/** Entry of the process that rule-changes.ts starts: finds out what one change of the rules changes, then ends. */
process.once('message', (task: CompareTask) => {
  process.on('disconnect', () => process.exit());
  void run(task).finally(() => {
    say({ kind: 'done' });
    process.disconnect?.();
  });
});

function say(message: FromCompare): void {
  process.send?.(message);
}

/** Each part by itself: one that fails says why, and the next goes on. */
async function run(task: CompareTask): Promise<void> {
  await part('files', async () => {
    const { files: now } = await readRuleFiles(task.rules);
    const texts = keepTexts(task.textsDir, now);
    say({ kind: 'texts', texts });
    const files = task.base === null ? [] : fileChanges(task.textsDir, task.base, now, texts);
    const paths = files.map(({ path }) => path);
    say({ kind: 'found', found: { commit: await newestCommit(task.live, paths) } });
    return files;
  });
  const { policies } = task;
  if (policies === null) {
    say({ kind: 'found', found: { calls: 'none', recorded: 'none' } });
    return;
  }
  // The first policy of a site, and one that was refused, have nothing to be compared with: most starts do without all this.
  const { changedCalls, recordedFlips } = await import('./compare-accepted.ts');
  await part('calls', () => changedCalls(task, policies));
  await part('recorded', () => recordedFlips(task, policies));
}

async function part<K extends 'files' | 'calls' | 'recorded'>(
  name: K,
  find: () => Promise<RuleChangeFindings[K]>,
): Promise<void> {
  const found = await find().catch((error: unknown) => ({
    failed: visibleText(
      maskNumbersIn(error instanceof Error ? error.message : String(error)),
      'space',
      maxWords,
    ),
  }));
  say({ kind: 'found', found: { [name]: found } });
}

/** The commit that the rules are of. Null: no repository, no git, or something of these files is not committed. */
async function newestCommit(dir: string, paths: readonly string[]): Promise<RuleChangeFindings['commit']> {
  const git = async (...args: string[]) => {
    const quiet = ['-c', 'core.fsmonitor=false', '-C', dir, ...args];
    const { stdout } = await exec('git', quiet, { timeout: 5000, env: { ...process.env, LC_ALL: 'C' } });
    return stdout;
  };
  try {
    const of = paths.length === 0 ? ['.'] : paths;
    if ((await git('status', '--porcelain', '--', ...of)).trim() !== '') return null;
    const [id = '', author = '', subject = ''] = (
      await git('log', '-1', '--format=%h%x00%an%x00%s', '--', ...of)
    )
      .trim()
      .split('\0');
    if (id === '') return null;
    return {
      id,
      author: visibleText(author, 'space', 80),
      subject: maskNumbersIn(visibleText(subject, 'space', 200)),
    };
  } catch {
    return null;
  }
}
