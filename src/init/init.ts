import { randomBytes, randomInt } from 'node:crypto';
import type { GivenAnswers } from './answers.ts';
import { type Applied, apply, type Work } from './apply.ts';
import { type AsteriskHome, type Console, diskFiles, findAsterisk, rawText } from './asterisk.ts';
import { changesOf } from './change.ts';
import { isYes, readConf, sectionsNamed, valueIn } from './conf/conf-tree.ts';
import { diffText, withoutSecrets } from './diff-text.ts';
import type { Ground, Places, Secrets } from './ground.ts';
import { readManifest } from './manifest.ts';
import { dialedNumber } from './own-number.ts';
import { ariUrlOf } from './plans/own-files.ts';
import { planOf } from './plans/plan.ts';
import { type Ask, choose } from './questions.ts';

import { triedRules } from './tried-rules.ts';

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
  /** GATEHOUSE_ARI_USER and GATEHOUSE_HTTP. */
  readonly settings: { readonly ariUser: string; readonly http: string };
  say(text: string): void;
}

/** `steps`: what a person still has to do. */
export interface InitResult {
  readonly did: 'changed' | 'nothing' | 'shown' | 'declined';
  readonly applied: Applied | null;
  readonly steps: readonly string[];
}

/**
 * Puts Gatehouse in front of the Asterisk of this machine. A second time it changes nothing.
 * @throws RolledBack when a change failed; an Error before anything is changed
 */
export async function init(options: Init): Promise<InitResult> {
  const { console, places, given, ask, say } = options;
  const asterisk = await findAsterisk(console, options.etc);
  await refuseUnfit(console, asterisk);
  const files = diskFiles(asterisk.etc);
  const known = readManifest(places.manifest)?.trunks ?? [];
  const chosen = await choose({ console, running: asterisk.running, files, places, given, known, ask });
  await refuseAbsent(console, asterisk, chosen.answers.formerContext);
  const secrets = secretsOf(options, files);
  const ground: Ground = { asterisk, files, places, secrets, ...chosen };
  say(foundText(ground));
  const plan = planOf(ground, await runningModules(console, asterisk));
  const all = changesOf(plan.edits, ground);
  const policy = await triedRules(places.rules, all);
  // Without Asterisk nothing proves that the new context is there.
  const changes = asterisk.running ? all : all.filter(({ stage }) => stage !== 'trunk');
  const steps = asterisk.running
    ? plan.steps
    : [...plan.steps, 'start Asterisk, then run gatehouse init again: the trunk comes last'];
  if (changes.length === 0) return { did: 'nothing', applied: null, steps };
  const hidden = [secrets.ariPassword, secrets.pin];
  for (const change of changes) say(withoutSecrets(diffText(change), hidden));
  if (options.dryRun) return { did: 'shown', applied: null, steps };
  if (!(await options.confirm())) return { did: 'declined', applied: null, steps };
  const number = options.ring ? await dialedNumber(console, ground, policy) : null;
  if (options.ring && asterisk.running && number === null)
    say(
      `[${chosen.answers.formerContext}] has no extension for your own numbers, so nothing is called now: call in yourself.`,
    );
  const work: Work = {
    ...{ console, ground, plan, changes, number, say },
    ...{ ariUrl: ariUrlOf(ground), http: options.settings.http },
  };
  return { did: 'changed', applied: await apply(work), steps };
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

async function runningModules(console: Console, { running }: AsteriskHome): Promise<ReadonlySet<string>> {
  if (!running) return new Set();
  const said = await console.ask('module show like app_voicemail');
  const names = said.matchAll(/^(\S+\.so)\s.*\sRunning\s/gm);
  return new Set(Array.from(names, ([, name = '']) => name));
}

/** The password that is there already, or a new one. */
function secretsOf({ places, settings }: Init, files: Ground['files']): Secrets {
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
  const ariPassword = inConf ?? (inFile || randomBytes(24).toString('base64url'));
  if (!isWritable.test(ariPassword))
    throw new Error(
      `the password in ${places.password} has characters that ari.conf cannot hold: delete the file, and init makes one`,
    );
  return {
    ...{ ariUser: settings.ariUser, ariPassword },
    pin: String(randomInt(100_000, 1_000_000)),
  };
}

function foundText({ asterisk, trunks, answers }: Ground): string {
  const state = asterisk.running ? `Asterisk ${asterisk.version}` : 'Asterisk, which does not run';
  const kind = asterisk.kind === 'freepbx' ? ' with FreePBX' : '';
  const names = trunks.map(({ name }) => name).join(', ');
  const to =
    answers.operators === 'former-context'
      ? `the context [${answers.formerContext}] as before`
      : JSON.stringify(answers.operators);
  return `${state}${kind}, configured in ${asterisk.etc}\nTrunk: ${names}, which leads to [${answers.formerContext}]\nOperators: ${to}\nMailbox: ${answers.mailbox}\n`;
}
