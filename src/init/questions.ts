import { entryContext } from '../call/trunk.ts';
import { isRegion } from '../numbers/phone-number.ts';
import { type Answers, type GivenAnswers, isTimeZone, numberProblem, type RuleAnswers } from './answers.ts';
import type { AsteriskHome, Console } from './asterisk.ts';
import { type ConfFiles, readConf, sectionsNamed } from './conf/conf-tree.ts';
import type { Places } from './ground.ts';
import type { Manifest } from './manifest.ts';
import { areExampleRules, voicemailBoxOf } from './plans/own-files.ts';
import { contextOf } from './reload.ts';
import { type Trunk, trunkNamed, trunksOf } from './trunks.ts';

/** One question, in lines: the last ones may explain it. An empty reply is the default. Null: nobody is there to be asked. */
export type Ask = ((question: string, usual: string | null) => Promise<string>) | null;

interface Asked {
  readonly console: Console;
  readonly running: boolean;
  readonly kind: AsteriskHome['kind'];
  readonly files: ConfFiles;
  readonly places: Places;
  readonly given: GivenAnswers;
  /** Trunks that init has set up before. */
  readonly known: Manifest['trunks'];
  readonly ask: Ask;
  /** What was found, before anything else is asked. */
  found(trunks: readonly Trunk[], formerContext: string): void;
}

export interface Chosen {
  readonly answers: Answers;
  readonly trunks: readonly Trunk[];
}

/** All answers: as given, else as found, else as asked. @throws an Error that says which is missing */
export async function choose(asked: Asked): Promise<Chosen> {
  const { given } = asked;
  const trunks = await chosenTrunks(asked);
  const formerContext = given['former-context'] ?? oneContext(trunks, asked.known);
  if (formerContext === entryContext)
    throw new Error(
      `the trunk leads to ${entryContext} already, and not by init: name the context that it had before (former-context)`,
    );
  asked.found(trunks, formerContext);
  const isNew = areExampleRules(asked.places.rules);
  const numbers = isNew ? await numberAnswers(asked) : null;
  const operators = given.operators ?? (await askOperators(asked, formerContext));
  const mailbox = given.mailbox ?? (await askMailbox(asked));
  const rules = numbers === null ? null : { ...numbers, ...(await ruleAnswers(asked)) };
  return {
    trunks,
    answers: { trunks: trunks.map(({ name }) => name), formerContext, operators, mailbox, rules },
  };
}

async function chosenTrunks(asked: Asked): Promise<readonly Trunk[]> {
  const { files, given, ask } = asked;
  const found = trunksOf(readConf(files, 'pjsip.conf'), readConf(files, 'pjsip_wizard.conf'));
  const names =
    given.trunks ??
    (found.length > 0 && (ask === null || found.length === 1) ? found.map(({ name }) => name) : null);
  const usual =
    found.length === 0 ? null : found.map(({ name, context }) => `${name} (${context})`).join(', ');
  const wanted =
    names ??
    (ask === null
      ? []
      : commaParts(
          await ask(
            `PJSIP endpoints of your carrier, separated by commas\nfound: ${usual ?? 'none'}`,
            found[0]?.name ?? null,
          ),
        ));
  if (wanted.length === 0) throw new Error("no carrier's endpoint in pjsip.conf: name it (trunks: [NAME])");
  return Promise.all(
    wanted.map(async (name) => found.find((one) => one.name === name) ?? elsewhere(asked, name)),
  );
}

/** An endpoint that stands in no file, or is none that we would take for a carrier. */
async function elsewhere({ console, running, files }: Asked, name: string): Promise<Trunk> {
  const written = trunkNamed(files, name);
  if (written !== null) return written;
  const context = running ? await contextOf(console, name) : null;
  if (context === null) throw new Error(`Asterisk has no PJSIP endpoint ${name}`);
  return { name, context, file: null, at: null, heading: 0, key: 'context' };
}

function oneContext(trunks: readonly Trunk[], known: Manifest['trunks']): string {
  // Where the trunk is in a database, its context is not ours to read as it was before.
  const before = ({ name, context }: Trunk): string =>
    (context === entryContext ? known.find((one) => one.name === name)?.context : null) ?? context;
  const contexts = [...new Set(trunks.map(before))];
  if (contexts.length > 1)
    throw new Error(
      `these trunks lead to different contexts (${contexts.join(', ')}): screen those of one, or name the one that calls of all go on to (former-context)`,
    );
  return contexts[0] ?? 'default';
}

async function askMailbox(asked: Asked): Promise<string> {
  const found = sectionsNamed(readConf(asked.files, 'voicemail.conf'), 'default').flatMap(({ settings }) =>
    settings.map(({ name }) => name),
  );
  const [first = usualBox] = asked.kind === 'freepbx' ? found : [];
  // What an earlier run was answered stands in the rules.
  const before = areExampleRules(asked.places.rules) ? null : voicemailBoxOf(asked.places.rules);
  const usual = before !== null && mailboxName.test(before) ? before : first;
  // FreePBX names a mailbox by its extension, and makes it in its own pages.
  const which =
    asked.kind === 'freepbx'
      ? `an extension with voicemail, of ${found.slice(0, 10).join(', ') || 'which there is none'}`
      : 'it is made if there is none';
  // Whoever is there to ask may answer again; without one, the end of the run says what is missing.
  const mustBeThere = asked.kind === 'freepbx' && found.length > 0 && asked.ask !== null;
  const fits = (name: string): boolean => mailboxName.test(name) && (!mustBeThere || found.includes(name));
  return reply(asked, `Mailbox for callers who fail the challenge; ${which}`, usual, fits);
}

const usualBox = 'general';
const mailboxName = /^[\w*#-]{1,40}$/;
const reachedBy = /^(queue|dial)[ :]+([\w./&@:+-]{1,200})$/;
const asBefore = 'as now';

async function askOperators(asked: Asked, context: string): Promise<Answers['operators']> {
  const said = await reply(
    asked,
    `Where to connect callers who are let through\nas now: by [${context}]; or: queue NAME; or: dial PJSIP/NAME`,
    asBefore,
    (text) => text === asBefore || reachedBy.test(text),
  );
  const [, kind, name = ''] = reachedBy.exec(said) ?? [];
  if (kind === undefined) return 'former-context';
  return kind === 'queue' ? { queue: name } : { dial: name };
}

type Numbers = Pick<RuleAnswers, 'region' | 'ownNumbers'>;

async function numberAnswers(asked: Asked): Promise<Numbers> {
  const { given } = asked;
  const region =
    given.region ??
    (await reply(asked, 'Your country (two letters), for numbers without a country code', 'US', isRegion));
  return { region, ownNumbers: given['own-numbers'] ?? (await askNumbers(asked, region)) };
}

async function ruleAnswers(asked: Asked): Promise<Omit<RuleAnswers, keyof Numbers>> {
  const { given } = asked;
  const timeZone =
    given['time-zone'] ?? (await reply(asked, 'Time zone of your opening hours', ownTimeZone(), isTimeZone));
  const language =
    given.language ??
    (await reply(
      asked,
      'Language of what callers hear, one of those in prompts.yaml',
      'en',
      /^[a-z]{2,3}(-[A-Za-z0-9]+)?$/,
    ));
  const monitor =
    given.monitor ??
    /^y/i.test(
      await reply(
        asked,
        'Only watch at first? (y/n)\ny: all callers are connected, and the report shows what would have happened',
        'y',
        /^[yn]/i,
      ),
    );
  return { timeZone, language, monitor };
}

async function askNumbers({ ask }: Asked, region: string): Promise<readonly string[]> {
  if (ask === null) throw new Error('your own numbers are missing: name them (own-numbers)');
  for (let before = ''; ; ) {
    const said = await ask(
      `${before}Your own telephone numbers, separated by commas\nalso ranges: +1 317 274 0100..+1 317 274 0199`,
      null,
    );
    const numbers = commaParts(said);
    const problem = numbers.map((one) => numberProblem(one, region)).find((one) => one !== null);
    if (numbers.length > 0 && !problem) return numbers;
    before = problem ? `${problem.message}; ${problem.remedy}\n` : '';
  }
}

/** Asks until it fits; the default when nobody is there. */
async function reply(
  { ask }: Asked,
  question: string,
  usual: string,
  fits: RegExp | ((text: string) => boolean),
): Promise<string> {
  for (let before = ''; ; ) {
    const said = ask === null ? usual : (await ask(`${before}${question}`, usual)).trim() || usual;
    if (typeof fits === 'function' ? fits(said) : fits.test(said)) return said;
    before = `"${said}" is not possible here.\n`;
    if (ask === null) throw new Error(`${question}: ${said} is not allowed`);
  }
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function commaParts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
