import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { type Lab, shippedRules } from '../../lab/lab.ts';
import { AdminSite } from './admin-site.ts';

const exec = promisify(execFile);
let admin: AdminSite;
let lab: Lab;
const etc = (name = ''): string => join(lab.dir, 'etc', name);

/** What is asked, in this order, and a reply to each. */
const questions = [
  ['Your country', 'US'],
  ['Your own telephone numbers', '+13172740100..+13172740109'],
  ['Where to connect callers', ''],
  ['Mailbox for callers', ''],
  ['Time zone of your opening hours', 'America/Chicago'],
  ['Language of what callers hear', ''],
  ['Only watch at first?', 'n'],
  ['Make these changes?', 'y'],
] as const;
const ctrlC = '\u0003';

beforeAll(async () => {
  admin = await AdminSite.up("own-numbers: '+13172740100'\n");
  lab = admin.lab;
  const shim = join(admin.dir, 'bin', 'asterisk');
  const [, console = ''] = (await readFile(shim, 'utf8')).split('\n');
  // The signal comes while this command of the console runs, which then goes on.
  const signal = '[ "$2" != "$SIGNAL_AT" ] || [ -e "$SIGNALED" ] || { : > "$SIGNALED"; eval "$SIGNAL_BY"; }';
  await writeFile(shim, `#!/bin/sh\n${signal}\n${console}\n`);
});
afterAll(() => admin?.down());

/** `gatehouse init --no-ring` in a terminal of its own. */
class TerminalSession {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pidFile: string;
  readonly ended: Promise<number | null>;
  shown = '';

  constructor(options: string, env: Record<string, string> = {}) {
    this.#pidFile = join(admin.dir, 'terminal.pid');
    const command = `echo $$ > '${this.#pidFile}'; exec '${process.execPath}' '${gatehouseEntry}' init ${options}`;
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], { env: { ...environment(), ...env } });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.shown += text;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => resolve(code));
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** Appears once all that was typed before is taken. */
  async sees(text: string): Promise<void> {
    await until(`"${text}" on the terminal: ${this.shown.slice(-300)}`, 30_000, async () =>
      this.shown.includes(text) ? true : null,
    );
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  async pid(): Promise<number> {
    return Number(await readFile(this.#pidFile, 'utf8'));
  }

  /** As when an ssh session is lost; until init has ended too. */
  async isLost(): Promise<void> {
    const pid = await this.pid();
    this.#child.kill('SIGKILL');
    await until('init to end', 30_000, () =>
      stat(`/proc/${pid}`).then(
        () => null,
        () => true,
      ),
    );
  }
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...lab.gatehouse.environment,
    PATH: `${join(admin.dir, 'bin')}${delimiter}${process.env.PATH}`,
    GATEHOUSE_RULES: admin.own('rules'),
    TERM: 'xterm',
  };
}

async function everythingIsAsBefore(): Promise<void> {
  await exec('diff', ['-r', join(admin.dir, 'before'), etc()]);
  await exec('diff', ['-r', shippedRules, admin.own('rules')]);
  for (const name of ['init.json', 'ari-password', 'gatehouse.env'])
    await expect(stat(admin.own(name))).rejects.toThrow('ENOENT');
  expect(await admin.contextOfTrunk()).toBe('from-carrier');
}

async function asked(terminal: TerminalSession, before: number): Promise<void> {
  for (const [question, reply] of questions.slice(0, before)) {
    await terminal.sees(question);
    terminal.type(`${reply}\r`);
  }
  await terminal.sees(questions[before]?.[0] ?? '');
}

test.each([0, 4, questions.length - 1].map((at) => [questions[at]?.[0], at] as const))(
  'Ctrl-C at "%s" changes nothing, and says so',
  async (_, at) => {
    const terminal = new TerminalSession('--no-ring');
    await asked(terminal, at);
    terminal.type(ctrlC);
    expect(await terminal.ended, terminal.shown).toBe(130);
    expect(terminal.shown).toMatch(/error: stopped by Ctrl-C\. Nothing was changed\.\s*$/);
    await everythingIsAsBefore();
  },
);

test('SIGTERM and the loss of the session at the last question change nothing', async () => {
  const killed = new TerminalSession('--no-ring');
  await asked(killed, questions.length - 1);
  process.kill(await killed.pid(), 'SIGTERM');
  expect(await killed.ended, killed.shown).toBe(143);
  expect(killed.shown).toContain('stopped by SIGTERM. Nothing was changed.');
  const lost = new TerminalSession('--no-ring');
  await asked(lost, questions.length - 1);
  await lost.isLost();
  await everythingIsAsBefore();
});

const steps = [
  'module reload http',
  'module reload res_ari.so',
  'dialplan reload',
  'core show channels concise',
];

test.each([...steps.map((step) => ['SIGINT', step] as const), ['SIGTERM', 'dialplan reload'] as const])(
  '%s at "%s" puts everything back',
  async (signal, step) => {
    const signaled = join(admin.dir, `${signal} ${step}`);
    const env = { SIGNAL_AT: step, SIGNAL_BY: `kill -s ${signal.slice(3)} $PPID`, SIGNALED: signaled };
    const terminal = new TerminalSession(`--yes --answers '${join(admin.dir, 'answers.yaml')}'`, env);
    expect(await terminal.ended, terminal.shown).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(terminal.shown).toContain('Everything is as it was before: each file, and the trunk.');
    await everythingIsAsBefore();
    await expect(stat(signaled)).resolves.toBeDefined();
  },
);

/** Init while the dialplan is being reloaded, which takes two seconds more than it does. @param mark a file of this name says that it began */
async function reloading(mark: string): Promise<TerminalSession> {
  const signaled = join(admin.dir, mark);
  const env = { SIGNAL_AT: 'dialplan reload', SIGNAL_BY: 'sleep 2', SIGNALED: signaled };
  const terminal = new TerminalSession(`--yes --answers '${join(admin.dir, 'answers.yaml')}'`, env);
  await until('the reload', 30_000, () =>
    stat(signaled).then(
      () => true,
      () => null,
    ),
  );
  return terminal;
}

test('Ctrl-C of a terminal reaches init alone, also while it puts everything back', async () => {
  const terminal = await reloading('ctrl-c');
  terminal.type(ctrlC);
  await terminal.sees('Putting everything back');
  terminal.type(ctrlC);
  expect(await terminal.ended, terminal.shown).toBe(130);
  expect(terminal.shown).toContain('Everything is as it was before: each file, and the trunk.');
  await everythingIsAsBefore();
});

test('the loss of the session during the changes puts everything back', async () => {
  const terminal = await reloading('lost');
  await terminal.isLost();
  await everythingIsAsBefore();
});

test('replies that are typed before the questions appear are taken', async () => {
  const terminal = new TerminalSession('--no-ring --dry-run');
  // As somebody types who has seen the questions before; the last one is not ended yet.
  terminal.type(
    `${questions
      .slice(0, 4)
      .map(([, reply]) => `${reply}\r`)
      .join('')}America/Chic`,
  );
  await terminal.sees('Time zone of your opening hours');
  terminal.type('ago\r');
  await terminal.sees('Language of what callers hear');
  terminal.type('\rn\r');
  expect(await terminal.ended, terminal.shown).toBe(0);
  expect(terminal.shown).toContain('own-numbers: ');
  expect(terminal.shown).toMatch(/\+ {2}own-numbers: '\+13172740100\.\.\+13172740109'/);
  expect(terminal.shown).toMatch(/\+ {2}time-zone: America\/Chicago/);
  expect(terminal.shown).toContain('Nothing was changed (--dry-run)');
});

/** Exit code and output of init with all of its input at once. */
async function piped(input: string): Promise<readonly [code: number, out: string]> {
  const ran = exec(process.execPath, [gatehouseEntry, 'init', '--no-ring'], { env: environment() });
  ran.child.stdin?.end(input);
  return ran.then(
    ({ stdout }) => [0, stdout] as const,
    ({ code, stdout, stderr }) => [code, stdout + stderr] as const,
  );
}

test('too few replies on a pipe change nothing; with all of them, the last line without an end, everything is set up', async () => {
  const replies = questions.map(([, reply]) => reply);
  const [code, out] = await piped(replies.slice(0, -1).join('\n'));
  expect(code).toBe(1);
  expect(out).toContain('nobody is there to answer "Make these changes? (y/n)"');
  await everythingIsAsBefore();
  const [set, said] = await piped(replies.join('\n'));
  expect(set, said).toBe(0);
  expect(await admin.contextOfTrunk()).toBe('gatehouse-in');
  expect(await readFile(admin.own('rules/policy.yaml'), 'utf8')).toContain('time-zone: America/Chicago');
  expect((await admin.gatehouse('uninit')).code).toBe(0);
  await everythingIsAsBefore();
});
