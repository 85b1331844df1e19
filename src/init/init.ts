import { randomBytes, randomInt } from 'node:crypto';
import type { GivenAnswers } from './answers.ts';
import { type Applied, apply, type Work } from './apply.ts';
import { type AsteriskHome, type Console, diskFiles, findAsterisk, rawText } from './asterisk.ts';
import { type Change, changesOf } from './change.ts';
import { isYes, readConf, sectionsNamed, valueIn } from './conf/conf-tree.ts';
import { diffText, withoutSecrets } from './diff-text.ts';
import type { Ground, Places, Secrets } from './ground.ts';
import { untilInterrupted } from './interruption.ts';
import { readManifest } from './manifest.ts';
import { dialedNumber } from './own-number.ts';
import { ariUrlOf } from './plans/own-files.ts';
import { planOf } from './plans/plan.ts';
import { blacklistOf } from './plans/taken-list.ts';
import { type Ask, choose } from './questions.ts';
import { findRedis, type RedisFound } from './redis.ts';
import { triedRules } from './tried-rules.ts';
import type { Trunk } from './trunks.ts';

const oldest = 20;
/** What the reader of Asterisk's files takes as it is: no blank, no `;`, no `\`. */
const isWritable = /^[!-:<-[\]-~]+$/;

export interface Init {
  readonly console: Console;
  readonly places: Places;
  /** Asterisk's configuration directory when it does not run. */
  readonly etc: string | undefined;
  readonly given: GivenAnswers;
  readonly ask: Ask;
  /** Whether the changes that were shown are to be made. */
  confirm(): Promise<boolean>;
  readonly dryRun: boolean;
  /** False: no call to ourselves. */
  readonly ring: boolean;
  /** GATEHOUSE_ARI_USER, GATEHOUSE_HTTP and GATEHOUSE_REDIS_URL. */
  readonly settings: { readonly ariUser: string; readonly http: string; readonly redisUrl: string };
  /** Aborted with an Interrupted when somebody ends the command. */
  readonly interrupted: AbortSignal;
  say(text: string): void;
  /** A unified diff. */
  show(diff: string): void;
}

/** `steps`: what a person still has to do. */
export interface InitResult {
  readonly did: 'changed' | 'nothing' | 'shown' | 'declined';
  readonly applied: Applied | null;
  /** The rules only watch. */
  readonly monitor: boolean;
  readonly steps: readonly string[];
}

/**
 * Puts Gatehouse in front of the Asterisk of this machine. A second time it changes nothing.
 * @throws RolledBack when a change failed or was interrupted; an Error, or Interrupted, before anything is changed
 */
export async function init(options: Init): Promise<InitResult> {
  const { places, given, ask, interrupted, say } = options;
  const console = untilInterrupted(options.console, interrupted);
  const asterisk = await findAsterisk(console, options.etc);
  await refuseUnfit(console, asterisk);
  const files = diskFiles(asterisk.etc);
  const known = readManifest(places.manifest)?.trunks ?? [];
  const found = (trunks: readonly Trunk[], context: string): void =>
    say(foundText(asterisk, trunks, context));
  const chosen = await choose({
    ...{ console, ...asterisk, files, places, given, known, ask, found },
  });
  await refuseAbsent(console, asterisk, chosen.answers.formerContext);
  const redis = await findRedis(options.settings.redisUrl);
  interrupted.throwIfAborted();
  const secrets = secretsOf(options, files, redis);
  const blacklist = await blacklistToTake(console, asterisk, chosen.answers);
  const ground: Ground = { asterisk, files, places, secrets, redis, blacklist, ...chosen };
  const plan = planOf(ground, await runningModules(console, asterisk));
  const all = changesOf(plan.edits, ground);
  const policy = await triedRules(places.rules, all);
  interrupted.throwIfAborted();
  const monitor = policy.settings.mode === 'monitor';
  // Without Asterisk nothing proves that the new context is there.
  const changes = asterisk.running ? all : all.filter(({ stage }) => stage !== 'trunk');
  const steps = [...plan.steps];
  if (!asterisk.running) steps.push('start Asterisk, then run gatehouse init again: the trunk comes last');
  if (await hasLostVoicemail(console, asterisk)) steps.push(voicemailStep(asterisk));
  if (changes.length === 0) return { did: 'nothing', applied: null, monitor, steps };
  const hidden = [secrets.ariPassword, secrets.redisPassword, secrets.pin];
  say('');
  for (const change of changes) options.show(withoutSecrets(diffText(change), hidden));
  say(filesText(changes));
  if (options.dryRun) return { did: 'shown', applied: null, monitor, steps };
  if (!(await options.confirm())) return { did: 'declined', applied: null, monitor, steps };
  const number = options.ring ? await dialedNumber(console, ground, policy) : null;
  if (options.ring && asterisk.running && number === null)
    say(
      `[${chosen.answers.formerContext}] has no extension for your own numbers, so nothing is called now: call in yourself.`,
    );
  interrupted.throwIfAborted();
  const work: Work = {
    ...{ console: options.console, ground, plan, changes, number, interrupted, say },
    ...{ ariUrl: ariUrlOf(ground), http: options.settings.http },
  };
  return { did: 'changed', applied: await apply(work), monitor, steps };
}

async function refuseUnfit(console: Console, { version, running, kind, etc }: AsteriskHome): Promise<void> {
  if (!running) return;
  const major = Number.parseInt(version ?? '', 10);
  if (major < oldest) throw new Error(`Asterisk ${version} is too old: ${oldest} or newer is needed`);
  for (const application of ['Stasis', 'Dial'])
    if (!(await console.ask(`core show application ${application}`)).includes('Info about'))
      throw new Error(
        `Asterisk has no ${application}(): module load app_${application.toLowerCase()}.so, and see modules.conf`,
      );
  if (kind === 'plain' && rawText(`${etc}/extensions.conf`) === null)
    throw new Error(
      `${etc}/extensions.conf is missing: the dialplan of this Asterisk is elsewhere (docs/install.md has the long way)`,
    );
}

async function refuseAbsent(console: Console, { running }: AsteriskHome, context: string): Promise<void> {
  if (running && /There is no existence/.test(await console.ask(`dialplan show ${context}`)))
    throw new Error(
      `the trunk leads to [${context}], and Asterisk has no such context: name the one where its calls are to go (former-context)`,
    );
}

async function blacklistToTake(
  console: Console,
  { running, kind }: AsteriskHome,
  { rules }: Ground['answers'],
): Promise<string | null> {
  if (!running || kind === 'plain' || rules === null) return null;
  return blacklistOf(await console.ask('database show blacklist'));
}

/** A second voicemail module that fails takes the application of the first one along; `noload` helps at the next start. */
async function hasLostVoicemail(console: Console, { running }: AsteriskHome): Promise<boolean> {
  return running && /not registered/.test(await console.ask('core show application VoiceMail'));
}

function voicemailStep({ kind }: AsteriskHome): string {
  // Its modules.conf is not ours to write.
  const before =
    kind === 'freepbx'
      ? 'exclude app_voicemail_odbc.so and app_voicemail_imap.so (FreePBX: Settings, Asterisk Modules), then '
      : '';
  return `${before}restart Asterisk once, when no calls are up (systemctl restart asterisk): it tried several voicemail modules, and until then nobody can leave a message; the operators take these calls`;
}

async function runningModules(console: Console, { running }: AsteriskHome): Promise<ReadonlySet<string>> {
  if (!running) return new Set();
  const said = await console.ask('module show like app_voicemail');
  const names = said.matchAll(/^(\S+\.so)\s.*\sRunning\s/gm);
  return new Set(Array.from(names, ([, name = '']) => name));
}

/** The password that is there already, or a new one. */
function secretsOf({ places, settings }: Init, files: Ground['files'], redis: RedisFound): Secrets {
  const conf = readConf(files, 'ari.conf');
  const user = sectionsNamed(conf, settings.ariUser).length > 0;
  const isPlain = (valueIn(conf, settings.ariUser, 'password_format') ?? 'plain') === 'plain';
  const inFile = (rawText(places.password) ?? '').trim();
  const inConf = user && isPlain ? valueIn(conf, settings.ariUser, 'password') : null;
  if (user && inConf === null && inFile === '')
    throw new Error(
      `ari.conf has a user ${settings.ariUser} already: put its password into ${places.password}, or take it out`,
    );
  if (user && isYes(valueIn(conf, settings.ariUser, 'read_only')))
    throw new Error(`the user ${settings.ariUser} of ari.conf may only read: set read_only = no`);
  const ariPassword = inConf ?? (inFile || newPassword());
  if (!isWritable.test(ariPassword))
    throw new Error(
      `the password in ${places.password} has characters that ari.conf cannot hold: delete the file, and init makes one`,
    );
  return {
    ...{ ariUser: settings.ariUser, ariPassword },
    redisPassword: (redis.kind === 'open' && redis.url.password) || newPassword(),
    pin: String(randomInt(100_000, 1_000_000)),
  };
}

/** Nothing in it is special to Asterisk, Redis, URLs or the shell. */
function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

function foundText(
  { version, running, kind, etc }: AsteriskHome,
  trunks: readonly Trunk[],
  context: string,
): string {
  const state = running ? `Asterisk ${version?.split('+')[0]}` : 'Asterisk, which does not run';
  const names = trunks.map(({ name }) => name).join(', ');
  return `Found ${state}${kind === 'freepbx' ? ' with FreePBX' : ''}, configured in ${etc}\nTrunk: ${names}, whose calls go to [${context}]`;
}

function filesText(changes: readonly Change[]): string {
  const lines = changes.map(
    ({ path, before, stage }) =>
      `  ${before === null ? 'new    ' : 'changed'}  ${path}${stage === 'trunk' ? '  (last: the trunk)' : ''}`,
  );
  return `${changes.length} files, in this order:\n${lines.join('\n')}`;
}
