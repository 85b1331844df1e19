import { copyFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeDebianRoot, noDates } from '../../../lab/asterisk-root.ts';
import { until } from '../../../lab/child.ts';
import { DebianRoot } from '../debian-root.ts';
import type { Progress } from '../stage.ts';
import { BootedDebian } from './booted-debian.ts';
import { ownNumber, type Rung, writeSite } from './site.ts';

/** What a site has before Gatehouse; dbus as on any Debian that somebody installed. */
/** apt keeps sox afterward because Asterisk recommends it. */
const machine = ['sox', 'systemd', 'systemd-sysv', 'dbus', 'asterisk', 'asterisk-core-sounds-en-wav'];
const unknownCaller = '+12125550170';

/** The first hour with Gatehouse, as numbers. */
export interface FirstHour {
  /** From the first command of the installation until a screened caller rings a phone. */
  readonly minutes: number;
  /** Those of a person, until then. */
  readonly commands: number;
  /** Calls that Gatehouse has asked and let through. */
  readonly screened: number;
  /** Lines of differences in /etc after all was taken out again. */
  readonly diff: number;
}

/**
 * The short way of docs/install.md, in a Debian sid of its own with Debian's Asterisk, a trunk and a phone: package, init, the first screened
 * call, and out again.
 * @param file the package
 * @throws when a call is lost or not screened, or when something is left
 */
export async function tryFirstHour(file: string, scratch: string, progress: Progress): Promise<FirstHour> {
  const root = join(scratch, 'first-hour-root');
  await makeDebianRoot(root, 'Debian sid base', progress);
  const made = new DebianRoot(root);
  await made.apt('install', '--no-install-recommends', ...machine);
  await writeSite(root);
  await copyFile(file, join(root, 'root', basename(file)));
  const debian = await BootedDebian.boot(root, join(scratch, 'first-hour'));
  try {
    return await throughIt({ debian, made, file: basename(file), scratch, progress });
  } finally {
    await debian.down();
  }
}

interface Hour {
  readonly debian: BootedDebian;
  readonly made: DebianRoot;
  readonly file: string;
  readonly scratch: string;
  readonly progress: Progress;
}

async function throughIt({ debian, made, file, scratch, progress }: Hour): Promise<FirstHour> {
  const ring = ringerOf(debian, scratch);
  await debian.run('asterisk -rx "core waitfullybooted"');
  mustReach(await ring(), 'before Gatehouse');
  const before = await made.snapshot(join(scratch, 'etc-first-hour'));
  progress('ok: a call reaches the phone; now the first hour begins');

  const began = Date.now();
  const commands: string[] = [];
  const person = async (command: string): Promise<string> => {
    commands.push(command);
    progress(`# ${command}`);
    const output = await (command.startsWith('apt-get ') ? debian.runOnline(command) : debian.run(command));
    progress(`done, ${((Date.now() - began) / 1000).toFixed(0)} s since the first command`);
    return output;
  };
  await person(`apt-get -y -q ${noDates.join(' ')} install ./${file}`);
  const said = await person('gatehouse init --yes --answers answers.yaml');
  progress(said.slice(said.indexOf('\nAsterisk has read')).trim());
  const asked = await ring('1');
  mustReach(asked, 'through Gatehouse');
  const minutes = (Date.now() - began) / 60_000;
  progress(`ok: the caller was asked, pressed 1 and reached the phone, which shows ${asked.phone}`);
  // What init says is still to do: Debian's Asterisk has tried two voicemail modules.
  mustBe(said, /restart Asterisk once/, 'gatehouse init');
  await person('systemctl restart asterisk');
  await until('calls to be screened again', 60_000, async () =>
    /calls are screened/.test(await debian.run('gatehouse status || true')) ? true : null,
  );
  const first = commands.length;
  const screened = await until('the record of the call', 10_000, () => passedCalls(debian));
  mustBe(await debian.run('gatehouse doctor'), /0 errors, 0 warnings/, 'gatehouse doctor');
  mustBe(await debian.run('gatehouse status'), /calls are screened/, 'gatehouse status');

  await person('gatehouse uninit');
  mustReach(await ring(), 'after uninit');
  await person('apt-get -y -q --autoremove purge gatehouse');
  mustReach(await ring(), 'after the purge');
  const left = await made.changesSince(before);
  if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
  progress('ok: taken out and purged; /etc is byte for byte what it was, and calls reach the phone');
  return { minutes: Math.round(minutes * 10) / 10, commands: first, screened, diff: left.length };
}

/** How many calls were asked and let through, by the records; null: none yet. */
async function passedCalls(debian: BootedDebian): Promise<number | null> {
  const lines = (await debian.run('gatehouse calls --json'))
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const calls = lines.map((line) => (JSON.parse(line) as CallLine).outcome.challenge?.result);
  return calls.filter((result) => result === 'passed').length || null;
}

interface CallLine {
  readonly outcome: { readonly challenge: { readonly result: string } | null };
}

function mustBe(output: string, wanted: RegExp, what: string): void {
  if (!wanted.test(output)) throw new Error(`${what} lacks ${wanted}:\n${output}`);
}

type Ringer = (key?: string) => Promise<Rung>;

function ringerOf(debian: BootedDebian, scratch: string): Ringer {
  let calls = 0;
  return async (key) => {
    const dir = join(scratch, `ring-${++calls}`);
    await mkdir(dir);
    const args = [join(import.meta.dirname, 'ring.ts'), dir, unknownCaller, ownNumber];
    return JSON.parse(
      await debian.beside(process.execPath, ...args, ...(key === undefined ? [] : [key])),
    ) as Rung;
  };
}

function mustReach({ caller, phone }: Rung, when: string): void {
  if (phone === null || caller.join() !== 'answered,hung-up')
    throw new Error(
      `a call ${when}: ${caller.join(', ') || 'no answer'}; the phone ${phone === null ? 'did not ring' : 'rang'}`,
    );
}
