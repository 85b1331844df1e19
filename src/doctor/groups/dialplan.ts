import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entryContext } from '../../call/trunk.ts';
import { settings as table } from '../../config/read-setting.ts';
import { anOwnNumber } from '../../exits/destinations.ts';
import type { AsteriskProbe } from '../asterisk-probe.ts';
import { error, type Finding, ok, unknown, warning } from '../finding.ts';
import { addition, anyNumber, exitAdded, globalSet, onConsole, quoted } from '../pasted.ts';
import type { Site } from '../site.ts';

const reload = 'dialplan reload';
const before = 'gatehouse-before';
const shipped = join(import.meta.dirname, '../../../dialplan/gatehouse.conf');
/** As gatehouse.conf checks them. */
export const wholes = [
  ['GATEHOUSE_DECISION', 2, 30, 5],
  ['GATEHOUSE_WATCHDOG', 10, 600, 44],
  ['GATEHOUSE_MAX_DECIDING', 10, 2000, 40],
] as const;

export async function* dialplan({ asterisk: probe, settings, rules }: Site): AsyncGenerator<Finding> {
  if (probe === null) return;
  // The entry also leads to the context that the trunk had before, so that it proves nothing.
  if (!(await probe.leads('gatehouse-connect', 'operators='))) {
    yield error(
      'dialplan.loaded',
      `gatehouse.conf is not in the dialplan: calls that come to [${entryContext}] are not screened`,
      {
        words:
          "#tryinclude gatehouse/gatehouse.conf at the end of extensions.conf; the file must be readable for Asterisk's user",
        command: await addition(
          probe,
          'extensions.conf',
          null,
          ['#tryinclude gatehouse/gatehouse.conf'],
          reload,
        ),
      },
    );
    return;
  }
  yield ok('dialplan.loaded', 'gatehouse.conf is in the dialplan');
  yield* sameVersion(probe);
  yield* valuesOf(probe, settings);
  const number = anOwnNumber(rules.policy);
  yield* siteFile(probe, number);
  yield* formerContext(probe, number);
}

async function* valuesOf(probe: AsteriskProbe, settings: Site['settings']): AsyncGenerator<Finding> {
  const app = (await probe.read('GLOBAL(GATEHOUSE_APP)')) || table.GATEHOUSE_APP.fallback;
  yield app === settings.app
    ? ok('dialplan.app', `the dialplan gives calls to the app ${app}`)
    : error('dialplan.app', `the dialplan gives calls to the app ${app}, and Gatehouse is ${settings.app}`, {
        words: 'the same name in GATEHOUSE_APP of [globals] and in GATEHOUSE_APP of the settings',
        command: await globalSet(probe, 'GATEHOUSE_APP', settings.app),
      });
  const spool = (await probe.read('GLOBAL(GATEHOUSE_SPOOL)')) || table.GATEHOUSE_SPOOL.fallback;
  yield spool === settings.spool
    ? ok('dialplan.spool', `notes of the dialplan: ${spool}`)
    : error(
        'dialplan.spool',
        `the dialplan writes its notes to ${spool}, and Gatehouse reads ${settings.spool}: calls that bypass screening are not counted`,
        {
          words: 'the same directory in GATEHOUSE_SPOOL of [globals] and of the settings',
          command: await globalSet(probe, 'GATEHOUSE_SPOOL', settings.spool),
        },
      );
  for (const [name, least, most, usual] of wholes) {
    const value = await probe.read(`GLOBAL(${name})`);
    const isRight =
      value === '' || (/^\d{1,4}$/.test(value) && Number(value) >= least && Number(value) <= most);
    const id = `dialplan.${name}` as const;
    yield isRight
      ? ok(id, `${name} = ${value || usual}`)
      : warning(id, `${name} = ${value} is not a whole number from ${least} to ${most}: ${usual} is used`, {
          words: `${name} = ${usual} in [globals], or leave it out`,
          command: await globalSet(probe, name, String(usual)),
        });
  }
}

/** A dialplan of another version may lack what this program counts on. */
async function* sameVersion(probe: AsteriskProbe): AsyncGenerator<Finding> {
  const installed = await readFile(join(probe.etc, 'gatehouse/gatehouse.conf'), 'utf8').catch(() => null);
  const own = await readFile(shipped, 'utf8').catch(() => null);
  if (installed === null || own === null)
    yield unknown('dialplan.version', 'gatehouse.conf cannot be compared with the one of this version', null);
  else if (installed !== own)
    yield warning(
      'dialplan.version',
      `${join(probe.etc, 'gatehouse/gatehouse.conf')} is not the one of this version`,
      {
        command: `cp ${quoted(shipped)} ${quoted(join(probe.etc, 'gatehouse/gatehouse.conf'))} && ${onConsole(reload)}`,
      },
    );
  else yield ok('dialplan.version', 'gatehouse.conf is the one of this version');
}

async function* siteFile(probe: AsteriskProbe, number: string): AsyncGenerator<Finding> {
  if (!(await probe.leads('gatehouse-to-operators', number))) {
    yield error(
      'dialplan.operators',
      '[gatehouse-to-operators] is missing: calls go to the context that the trunk had before',
      {
        words:
          'gatehouse-site.conf beside gatehouse.conf, with #tryinclude in extensions.conf: gatehouse-site.conf.sample shows what it has. Until you say where your operators are, the context of before may take these calls',
        command: await exitAdded(probe, 'operators', 'Goto(gatehouse-fallback,s,1)'),
      },
    );
    return;
  }
  const path = join(probe.etc, 'gatehouse/gatehouse-site.conf');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null && /^exten\s*=>[^\n;]*gatehouse-site\.conf is not edited/m.test(text))
    yield warning(
      'dialplan.operators',
      'gatehouse-site.conf is not edited: calls go to the context that the trunk had before',
      {
        words: `let [gatehouse-to-operators] in ${path} lead to your queue or phones; where the context of before is meant, say so`,
        command: `sed -i '/gatehouse-site.conf is not edited/{N;s/.*/${anyNumber},1,Goto(gatehouse-fallback,s,1)/}' ${quoted(path)} && ${onConsole(reload)}`,
      },
    );
  else yield ok('dialplan.operators', '[gatehouse-to-operators] is there');
}

async function* formerContext(probe: AsteriskProbe, number: string): AsyncGenerator<Finding> {
  const context = await probe.read('GLOBAL(GATEHOUSE_FALLBACK)');
  const isThere =
    context !== '' && ((await probe.leads(context, number)) || (await probe.leads(context, 's')));
  yield isThere
    ? ok('dialplan.former-context', `when nobody else can be reached: [${context}]`)
    : warning(
        'dialplan.former-context',
        context === ''
          ? 'GATEHOUSE_FALLBACK is not set: nothing takes a call that neither operators nor a mailbox take'
          : `GATEHOUSE_FALLBACK = ${context}: that context has no extension for ${number}`,
        {
          words:
            'GATEHOUSE_FALLBACK = gatehouse-before in [globals], and [gatehouse-before] includes the context that the trunk had before (docs/install.md, step 4)',
          command: (await probe.leads(before, number))
            ? await globalSet(probe, 'GATEHOUSE_FALLBACK', before)
            : null,
        },
      );
}
