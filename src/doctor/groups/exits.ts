import { anOwnNumber, destinationsOf } from '../../exits/destinations.ts';
import { mailboxOf } from '../../exits/mailbox.ts';
import { ringingOf } from '../../exits/people.ts';
import type { AsteriskProbe } from '../asterisk-probe.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { addition, exitAdded, isFreePbx, somePin } from '../pasted.ts';
import type { Site } from '../site.ts';

const nearlyFull = 0.9;
const reload = 'voicemail reload';

export async function* exits({ asterisk: probe, rules: { policy } }: Site): AsyncGenerator<Finding> {
  if (probe === null || policy === null) return;
  const { exits: named, boxes } = destinationsOf(policy);
  const number = anOwnNumber(policy);
  for (const exit of named) {
    yield* people(probe, exit);
    // The dialplan group has looked at it.
    if (exit === 'operators') continue;
    yield (await probe.leads(`gatehouse-to-${exit}`, number))
      ? ok(`exits.${exit}`, `[gatehouse-to-${exit}] is there`)
      : error(
          `exits.${exit}`,
          `the rules send calls to the exit "${exit}", and there is no [gatehouse-to-${exit}]: they go to the operators`,
          {
            words: `write [gatehouse-to-${exit}] into gatehouse-site.conf, or correct the name in policy.yaml. Until you say whom it rings, it may lead to the operators`,
            command: await exitAdded(probe, exit, 'Goto(gatehouse-to-operators,${EXTEN},1)'),
          },
        );
  }
  const own = await probe.leads('gatehouse-to-voicemail', policy.settings.voicemailBox);
  if (own) yield ok('exits.voicemail', 'the site has a voicemail system of its own');
  else for (const box of boxes) yield* mailbox(probe, box);
  if (!own) {
    // As gatehouse.conf has it. A site with a voicemail system of its own may do without.
    const unanswered = (await probe.read('GLOBAL(GATEHOUSE_BOX)')) || 'general';
    if (!boxes.has(unanswered))
      yield* mailbox(
        probe,
        unanswered,
        'GATEHOUSE_BOX sends callers whom no operator answers',
        'the context that the trunk had before',
      );
    const shortest = Math.min(...(await Promise.all([...boxes].map((box) => shortestMessage(probe, box)))));
    yield shortest > 0
      ? ok('exits.minsecs', `messages shorter than ${shortest} s are not kept`)
      : warning(
          'exits.minsecs',
          'silence is kept as a message: the mailbox fills with the calls of machines that say nothing',
          {
            words: (await isFreePbx(probe))
              ? 'set minsecs to 3 in the voicemail settings of FreePBX (Voicemail Admin)'
              : 'minsecs = 3 in voicemail.conf, [general]',
            command: await addition(probe, 'voicemail.conf', 'general', ['minsecs = 3'], reload),
          },
        );
  }
}

/** Seconds below which a message is not kept; 0: all are. */
async function shortestMessage(probe: AsteriskProbe, name: string): Promise<number> {
  const { box, context } = placeOf(name);
  const own = /\bminsecs=(\d+)/.exec(await probe.config('voicemail.conf', context, box))?.[1];
  return Number(own ?? ((await probe.config('voicemail.conf', 'general', 'minsecs')) || 0));
}

function placeOf(name: string): { readonly box: string; readonly context: string } {
  const [box = '', context = 'default'] = name.split('@');
  return { box, context };
}

async function* mailbox(
  probe: AsteriskProbe,
  name: string,
  who = 'the rules send calls',
  instead = 'the operators',
): AsyncGenerator<Finding> {
  const { box, context } = placeOf(name);
  const id = `exits.mailbox.${name}` as const;
  const found = await mailboxOf(probe, name);
  if (found === null) {
    yield error(id, `${who} to the mailbox "${name}", and voicemail.conf has none: they go to ${instead}`, {
      words: (await isFreePbx(probe))
        ? `turn on voicemail for the extension ${box} in FreePBX, then Apply Config; or name another as voicemail-box in policy.yaml and as GATEHOUSE_BOX in globals_custom.conf`
        : `${box} => PIN,Name in voicemail.conf, [${context}]`,
      command: await addition(
        probe,
        'voicemail.conf',
        context,
        [`${box} => ${somePin},Switchboard,,,minsecs=3`],
        reload,
      ),
    });
    return;
  }
  const { messages, most } = found;
  if (messages >= most)
    yield error(
      id,
      `mailbox "${name}" is full (${messages} messages): callers go to the operators`,
      'listen to the messages and delete them',
    );
  else if (messages >= nearlyFull * most)
    yield warning(
      id,
      `mailbox "${name}" is nearly full: ${messages} of ${most} messages`,
      'listen to the messages and delete them',
    );
  else yield ok(id, `mailbox "${name}": ${messages} of ${most} messages`);
}

/** Who is rung there, as far as the file says. */
async function* people(probe: AsteriskProbe, exit: string): AsyncGenerator<Finding> {
  const ringing = await ringingOf(probe, `gatehouse-to-${exit}`);
  if (ringing.length === 0) return;
  const id = `exits.people.${exit}` as const;
  const names = ringing
    .map(({ name, problem }) => (problem === null ? name : `${name}: ${problem}`))
    .join(', ');
  yield ringing.some(({ problem }) => problem === null)
    ? ok(id, `the exit "${exit}" rings ${names}`)
    : error(
        id,
        `nobody can answer at the exit "${exit}" (${names})`,
        "asterisk -rx 'queue show' and asterisk -rx 'pjsip show contacts'; operators must be logged in",
      );
}
