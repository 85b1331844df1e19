import { join } from 'node:path';
import { rawText } from '../asterisk.ts';
import { type Conf, heading, readConf, valueIn } from '../conf/conf-tree.ts';
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
  return { edits: [...filesOf(ground), ...includesOf(ground, conf)], steps: [] };
}

/** Where the dialplan leaves its notes. */
export function spoolOf({ files, asterisk }: Pick<Ground, 'files' | 'asterisk'>): string {
  const set = valueIn(readConf(files, 'extensions.conf'), 'globals', 'GATEHOUSE_SPOOL');
  return set || join(asterisk.spool, 'gatehouse');
}

function includesOf(ground: Ground, conf: Conf): Edit[] {
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
    '[gatehouse-in]',
    'include => gatehouse-before',
    '#tryinclude gatehouse/gatehouse.conf',
    '#tryinclude gatehouse/gatehouse-site.conf',
  ];
  if (asterisk.kind === 'freepbx')
    return [
      ...blockIn(ground, 'globals_custom.conf', globals),
      ...blockIn(ground, 'extensions_custom.conf', contexts),
    ];
  const named = globals.length > 0 ? [heading(conf, 'globals'), ...globals] : [];
  return blockIn(ground, 'extensions.conf', [...named, ...contexts]);
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
