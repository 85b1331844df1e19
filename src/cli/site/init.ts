import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { settingText } from '../../config/read-setting.ts';
import { type GivenAnswers, readAnswers } from '../../init/answers.ts';
import { RolledBack } from '../../init/apply.ts';
import { asteriskConsole } from '../../init/asterisk.ts';
import type { PutBack } from '../../init/change.ts';
import type { Places } from '../../init/ground.ts';
import { type Init, type InitResult, init } from '../../init/init.ts';
import type { Ask } from '../../init/questions.ts';
import type { Rung } from '../../init/ring.ts';
import { formatProblem } from '../../policy/problem.ts';
import { CommandError, run } from '../command/run.ts';

interface InitOptions {
  readonly answers?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly ring: boolean;
  readonly etc?: string;
}

/** `gatehouse init`: exit code 1 when nothing could be set up; then all is as it was. */
export function initCommand(): Command {
  const command = new Command('init').description(
    'put Gatehouse in front of the Asterisk of this machine: shows every change, asks once, and proves it with a call (as root)',
  );
  return command
    .option('--answers <file>', 'answers in YAML (docs/install.md); what it does not say is found or asked')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'show the changes and make none')
    .option('--no-ring', 'make no call through Gatehouse')
    .option(
      '--etc <dir>',
      'configuration directory of an Asterisk that does not run (default: /etc/asterisk)',
    )
    .action((options: InitOptions) => run(command, () => initialize(options)));
}

async function initialize(options: InitOptions): Promise<void> {
  refuseOthers();
  const terminal = options.yes ? null : createInterface({ input: process.stdin, output: process.stdout });
  try {
    const result = await init({
      ...{ console: asteriskConsole, places: sitePlaces(), etc: options.etc, say, show },
      ...{ given: await givenIn(options.answers), dryRun: options.dryRun === true, ring: options.ring },
      ...questionsAt(terminal),
      settings: {
        ariUser: settingText('GATEHOUSE_ARI_USER') ?? 'gatehouse',
        http: settingText('GATEHOUSE_HTTP'),
        // Where the address is in a file of its own, somebody has set it up.
        redisUrl: process.env.GATEHOUSE_REDIS_URL_FILE ? '' : settingText('GATEHOUSE_REDIS_URL'),
      },
    });
    say(resultText(result));
  } catch (failed) {
    if (!(failed instanceof RolledBack)) throw failed;
    throw new CommandError('rolled-back', rolledBackText(failed));
  } finally {
    terminal?.close();
  }
}

function questionsAt(terminal: ReturnType<typeof createInterface> | null): Pick<Init, 'ask' | 'confirm'> {
  if (terminal === null) return { ask: null, confirm: () => Promise.resolve(true) };
  const gone = new AbortController();
  terminal.once('close', () => gone.abort());
  const ask: Ask = async (question, usual) => {
    const said = await terminal.question(promptText(question, usual), { signal: gone.signal }).catch(() => {
      throw new CommandError(
        'no-answer',
        `nobody is there to answer "${question.split('\n')[0]}": use --answers FILE and --yes`,
      );
    });
    return said.trim() || (usual ?? '');
  };
  return { ask, confirm: async () => /^y(es)?$/i.test((await ask('Make these changes? (y/n)', 'n')).trim()) };
}

/** The question, what explains it below, and the default where the reply is written. */
function promptText(question: string, usual: string | null): string {
  const lines = question.split('\n').map((line, at) => (at === 0 ? styleText('bold', line) : line));
  return `\n${lines.join('\n')}\n${usual === null ? '' : `[${usual}] `}> `;
}

/** Colors only where there is a terminal. */
function show(diff: string): void {
  const colored = diff.split('\n').map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return styleText('bold', line);
    if (line.startsWith('+')) return styleText('green', line);
    return line.startsWith('-') ? styleText('red', line) : line;
  });
  say(colored.join('\n'));
}

async function givenIn(file: string | undefined): Promise<GivenAnswers> {
  if (file === undefined) return {};
  const { given, problems } = readAnswers(file, await readFile(file, 'utf8'));
  if (problems.length > 0) throw new CommandError('answers', problems.map(formatProblem).join('\n'));
  return given;
}

/** Where Gatehouse's own files are: beside the rules, and beside this program. */
export function sitePlaces(): Places {
  const rules = process.env.GATEHOUSE_RULES || '/etc/gatehouse/rules';
  const dir = dirname(rules);
  return {
    ...{ dir, rules, env: join(dir, 'gatehouse.env'), password: join(dir, 'ari-password') },
    ...{ manifest: join(dir, 'init.json'), program: join(import.meta.dirname, '../../..') },
  };
}

/** @throws CommandError `not-root` */
export function refuseOthers(): void {
  if (process.getuid?.() !== 0)
    throw new CommandError('not-root', 'run this as root: it changes files of Asterisk');
}

/** What a person should look at, a line each. */
export function notesText(notes: readonly PutBack[]): string {
  return notes.map(({ path, note }) => `  ${path}: ${note}`).join('\n');
}

function rolledBackText({ message, left }: RolledBack): string {
  if (left.length === 0)
    return `${message}\nEverything is as it was before: each file, and the trunk. Calls are not affected.`;
  return `${message}\nMost is as it was before. Look at:\n${notesText(left)}\nThen run gatehouse uninit, which tries again.`;
}

function resultText({ did, applied, monitor, steps }: InitResult): string {
  const rest = steps.map((step) => `Still to do: ${step}.`);
  if (did === 'nothing') return ['Everything is in place already; nothing was changed.', ...rest].join('\n');
  if (did === 'shown') return ['Nothing was changed (--dry-run).', ...rest].join('\n');
  if (did === 'declined') return 'Nothing was changed.';
  const screens = monitor
    ? 'Gatehouse is connected and only watches (mode: monitor in rules/policy.yaml).'
    : 'Gatehouse is connected: calls of the trunk are screened.';
  const waits = [
    'Gatehouse is not connected to Asterisk yet. Until it is, calls go to the',
    'operators as “Not screened”: systemctl enable --now gatehouse.',
  ];
  const service = applied?.service === 'ready' ? [screens] : waits;
  const next = [
    'Next: gatehouse doctor; then put your customers and staff into rules/lists.',
    'To take all of this out again: gatehouse uninit.',
  ];
  return ['Done.', ...rungText(applied?.rung ?? null), ...service, ...rest, ...next].join('\n');
}

function rungText(rung: Rung | null): readonly string[] {
  if (rung === null || rung.kind === 'ended') return [];
  const reason = rung.kind === 'screened' ? 'it was screened' : `it was not screened (${rung.reason})`;
  return [`A call through Gatehouse came to ${rung.to}: ${reason}.`];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
