import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
import { wrapped } from '../../terminal/screen.ts';
import { CommandError } from '../command/run.ts';
import { type End, exitCodeAfter, runChanging } from './changing-run.ts';
import { Questioner } from './questioner.ts';

interface InitOptions {
  readonly answers?: string;
  readonly yes?: true;
  readonly dryRun?: true;
  readonly ring: boolean;
  readonly etc?: string;
}

/** `gatehouse init`: exit code 1 when nothing could be set up, 130 after Ctrl-C; then all is as it was. */
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
    .action((options: InitOptions) =>
      runChanging(command, (interrupted, end) => initialize(options, interrupted, end)),
    );
}

async function initialize(options: InitOptions, interrupted: AbortSignal, end: End): Promise<void> {
  refuseOthers();
  const questioner = options.yes ? null : new Questioner(interrupted, end);
  try {
    const result = await init({
      ...{ console: asteriskConsole, places: sitePlaces(), etc: options.etc, say, show },
      ...{ given: await givenIn(options.answers), dryRun: options.dryRun === true, ring: options.ring },
      ...{ ...questionsOf(questioner), interrupted },
      settings: {
        ariUser: settingText('GATEHOUSE_ARI_USER') ?? 'gatehouse',
        http: settingText('GATEHOUSE_HTTP'),
        // Where the address is in a file of its own, somebody has set it up.
        redisUrl: process.env.GATEHOUSE_REDIS_URL_FILE ? '' : settingText('GATEHOUSE_REDIS_URL'),
      },
    });
    say(resultText(result));
  } catch (failed) {
    if (failed instanceof RolledBack)
      throw new CommandError('rolled-back', rolledBackText(failed), exitCodeAfter(failed.cause));
    throw interrupted.aborted ? interrupted.reason : failed;
  } finally {
    questioner?.close();
  }
}

function questionsOf(questioner: Questioner | null): Pick<Init, 'ask' | 'confirm'> {
  if (questioner === null) return { ask: null, confirm: () => Promise.resolve(true) };
  const ask: Ask = (question, usual) => questioner.ask(question, usual);
  return { ask, confirm: async () => /^y(es)?$/i.test((await ask('Make these changes? (y/n)', 'n')).trim()) };
}

/** Colors only where there is a terminal. */
function show(diff: string): void {
  const colored = diff.split('\n').map((line) => {
    if (/^(---|\+\+\+) /.test(line)) return styleText('bold', line);
    if (line.startsWith('+')) return styleText('green', line);
    return line.startsWith('-') ? styleText('red', line) : line;
  });
  process.stdout.write(`${colored.join('\n')}\n`);
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
    group: groupOf(rules),
  };
}

/** The group that may read the rules, else the group gatehouse. */
function groupOf(rules: string): number | null {
  const { gid = 0 } = statSync(rules, { throwIfNoEntry: false }) ?? {};
  if (gid !== 0) return gid;
  const [, found] = /^gatehouse:[^:\n]*:(\d+):/m.exec(readFileSync('/etc/group', 'utf8')) ?? [];
  return found === undefined ? null : Number(found);
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
  process.stdout.write(`${wrapped(text)}\n`);
}
