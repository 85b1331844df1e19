import { join } from 'node:path';
import { entryContext } from '../../call/trunk.ts';
import { rawText } from '../asterisk.ts';
import { type Conf, heading, readConf, sectionsNamed, valueIn } from '../conf/conf-tree.ts';
import type { Edit, Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';
import { blockIn } from './asterisk-files.ts';

const usualSpool = '/var/spool/asterisk/gatehouse';
const usualBox = 'general';
/** The steps of the shipped site file that say that it is not edited. */
const notEdited =
  /^exten => .*gatehouse-site\.conf is not edited.*\n same => n,Goto\(gatehouse-fallback,s,1\)$/m;

/** Entry, exits and the context that the trunk had before. */
export function dialplanPlan(ground: Ground): Pick<Plan, 'edits' | 'steps'> {
  const conf = readConf(ground.files, 'extensions.conf');
  const hooks = ground.asterisk.kind === 'freepbx' ? freePbxHooks(ground, conf) : { lines: [], steps: [] };
  return { edits: [...filesOf(ground), ...includesOf(ground, conf, hooks.lines)], steps: hooks.steps };
}

/** Where the dialplan leaves its notes. */
export function spoolOf({ files, asterisk }: Pick<Ground, 'files' | 'asterisk'>): string {
  const set = valueIn(readConf(files, 'extensions.conf'), 'globals', 'GATEHOUSE_SPOOL');
  return set || join(asterisk.spool, 'gatehouse');
}

function includesOf(ground: Ground, conf: Conf, hooks: readonly string[]): Edit[] {
  const { asterisk, answers } = ground;
  // Somebody has installed it by hand.
  if (conf.files.has(join(asterisk.etc, 'gatehouse/gatehouse.conf'))) return [];
  const isSet = (name: string): boolean => valueIn(conf, 'globals', name) !== null;
  const spool = spoolOf(ground);
  const globals = [
    ...(isSet('GATEHOUSE_FALLBACK') ? [] : ['GATEHOUSE_FALLBACK = gatehouse-before']),
    ...(spool === usualSpool || isSet('GATEHOUSE_SPOOL') ? [] : [`GATEHOUSE_SPOOL = ${spool}`]),
    ...(answers.mailbox === usualBox || isSet('GATEHOUSE_BOX') ? [] : [`GATEHOUSE_BOX = ${answers.mailbox}`]),
  ];
  const contexts = [
    '[gatehouse-before]',
    `include => ${answers.formerContext}`,
    'include => gatehouse-exit',
    `[${entryContext}]`,
    'include => gatehouse-before',
    '#tryinclude gatehouse/gatehouse.conf',
    '#tryinclude gatehouse/gatehouse-site.conf',
  ];
  if (asterisk.kind === 'freepbx')
    return [
      ...blockIn(ground, 'globals_custom.conf', globals),
      ...blockIn(ground, 'extensions_custom.conf', [...contexts, ...hooks]),
    ];
  const named = globals.length > 0 ? [heading(conf, 'globals'), ...globals] : [];
  return blockIn(ground, 'extensions.conf', [...named, ...contexts]);
}

/** What FreePBX calls right before it dials one extension, and a ring group. */
const predialHooks = [
  'macro-dialout-one-predial-hook',
  'macro-dial-hunt-predial-hook',
  'macro-dial-ringall-predial-hook',
];
const relabel = 'GosubIf($[${DIALPLAN_EXISTS(gatehouse-relabel,s,1)}]?gatehouse-relabel,s,1)';

/**
 * FreePBX looks up names after Gatehouse (CID lookup, Superfecta), and they replace our label. Its hooks are the site's to write, in
 * extensions_custom.conf; a site's own one is left as it is.
 */
function freePbxHooks({ asterisk }: Ground, conf: Conf): { lines: string[]; steps: string[] } {
  const generated = join(asterisk.etc, 'extensions.conf');
  const taken = predialHooks.filter((hook) =>
    sectionsNamed(conf, hook).some(({ file, settings }) => file !== generated && settings.length > 0),
  );
  const free = predialHooks.filter((hook) => !taken.includes(hook));
  return {
    lines: free.flatMap((hook) => [`[${hook}]`, `exten => s,1,${relabel}`, ' same => n,Return()']),
    steps: taken.map(
      (hook) => `let your own [${hook}] do ${relabel}, so that phones show the label of a call`,
    ),
  };
}

function filesOf({ asterisk, places, answers }: Ground): Edit[] {
  const dir = join(asterisk.etc, 'gatehouse');
  const copyOf = join(places.program, 'dialplan/gatehouse.conf');
  const shipped = (name: string): string => {
    const text = rawText(join(places.program, 'dialplan', name));
    if (text === null)
      throw new Error(`${join(places.program, 'dialplan', name)} is missing in this installation`);
    return text;
  };
  const site = join(dir, 'gatehouse-site.conf');
  const madeOf = join(places.program, 'dialplan/gatehouse-site.conf.sample');
  const now = rawText(site) ?? shipped('gatehouse-site.conf.sample');
  const steps = operatorSteps(answers.operators);
  const whole = { stage: 'files', how: 'whole', like: 'asterisk' } as const;
  return [
    { ...whole, path: join(dir, 'gatehouse.conf'), copyOf, after: shipped('gatehouse.conf') },
    // A site file that somebody has edited has none of these steps.
    { ...whole, path: site, madeOf, after: now.replace(notEdited, () => steps) },
  ];
}

function operatorSteps(to: Ground['answers']['operators']): string {
  const first = 'exten => _[+0-9A-Za-z*#]!,1,';
  if (to === 'former-context') return `${first}Goto(gatehouse-fallback,s,1)`;
  const step = 'queue' in to ? `TryExec(Queue(${to.queue},,,,300))` : `Dial(${to.dial},60)`;
  return `${first}${step}\n same => n,Return()`;
}
