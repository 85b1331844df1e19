import { entryContext } from '../call/trunk.ts';
import { realExitReasons } from '../call/vocabulary.ts';
import { questionsOf } from '../exits/asterisk-questions.ts';
import type { Destinations } from '../exits/destinations.ts';
import { mailboxOf } from '../exits/mailbox.ts';
import { ringingOf } from '../exits/people.ts';
import {
  type AsteriskModule,
  failedVoicemails,
  lostVoicemail,
  voicemailBack,
} from '../exits/voicemail-modules.ts';
import { CallControlError } from '../screening/ports.ts';
import type { CanaryCalls, Door } from './canary-calls.ts';
import type { CanaryFault } from './canary-fault.ts';
import type { TrunkWatch } from './trunk-watch.ts';

export interface RoundParts {
  readonly calls: CanaryCalls;
  readonly trunks: TrunkWatch;
  /** Modules of Asterisk and whether they run. */
  readonly modules: () => Promise<readonly AsteriskModule[]>;
  /** Digits as callers dial them. */
  readonly number: string;
  readonly destinations: Destinations;
  /** ARI media of every prompt. */
  readonly sounds: readonly string[];
}

const mostDestinations = 30;
const mostSounds = 100;
const mostNamed = 5;
const overloaded = 'overload';

/** The machine is busy with callers: nothing can be said. */
export class RoundSkipped extends Error {}

/** One call after the other to each exit and mailbox of the rules. @throws RoundSkipped */
export async function canaryRound(parts: RoundParts): Promise<readonly CanaryFault[]> {
  const { exits, boxes } = parts.destinations;
  const targets = [
    ...[...exits].map((exit) => ({ kind: 'connect', exit, label: null }) as const),
    ...[...boxes].map((box) => ({ kind: 'voicemail', box }) as const),
  ].slice(0, mostDestinations);
  const faults: CanaryFault[] = [];
  for (const [at, target] of targets.entries()) {
    try {
      await parts.calls.walk(parts.number, target, async (door) => {
        if (door.bypass === overloaded) throw new RoundSkipped();
        const found =
          target.kind === 'connect'
            ? await exitFault(door, target.exit)
            : await mailboxFault(door, target.box, parts.modules);
        if (found !== null) faults.push(found);
        if (at > 0) return;
        faults.push(...(await soundFaults(door, parts.sounds)), ...(await parts.trunks.faults(door.read)));
      });
    } catch (error) {
      if (error instanceof RoundSkipped) throw error;
      faults.push(entryFault(error));
      // The others would wait as long, and say the same.
      break;
    }
  }
  return faults;
}

const reload = "asterisk -rx 'dialplan reload'";

/** What the dialplan says of the way it went, in words. */
function whyNot({ why, to }: Door): string {
  return why === '' ? to : realExitReasons.label(why);
}

async function exitFault(door: Door, exit: string): Promise<CanaryFault | null> {
  const where = `exit ${exit}`;
  const context = `gatehouse-to-${exit}`;
  if (door.bypass !== '')
    return { where, message: `a call bypassed screening: ${door.bypass}`, remedy: 'gatehouse doctor' };
  if (door.at !== exit || door.why !== '')
    return {
      where,
      message: `calls for ${exit} do not get there (${whyNot(door)}): [${context}] is not in the dialplan for this number`,
      remedy: `correct gatehouse-site.conf; ${reload}`,
    };
  const ringing = await ringingOf(questionsOf(door.read), context);
  if (ringing.length === 0 || ringing.some(({ problem }) => problem === null)) return null;
  const found = ringing.map(({ name, problem }) => `${name}: ${problem}`).slice(0, mostNamed);
  return {
    where,
    message: `nobody can answer at the exit ${exit} (${found.join(', ')})`,
    remedy:
      "asterisk -rx 'queue show' and 'pjsip show contacts' say who is there; operators must be logged in",
  };
}

async function mailboxFault(
  door: Door,
  box: string,
  modules: RoundParts['modules'],
): Promise<CanaryFault | null> {
  const where = `mailbox ${box}`;
  if (door.bypass !== '')
    return { where, message: `a call bypassed screening: ${door.bypass}`, remedy: 'gatehouse doctor' };
  if (door.to !== `voicemail:${box}` || door.why !== '')
    return {
      where,
      message: `calls for the mailbox ${box} do not get there: ${whyNot(door)}`,
      remedy: `look for it in [${box.split('@')[1] ?? 'default'}] of voicemail.conf, then: asterisk -rx 'voicemail reload'`,
    };
  // A voicemail system of the site's own.
  if ((await door.read(`DIALPLAN_EXISTS(gatehouse-to-voicemail,${box},1)`)) === '1') return null;
  const tried = failedVoicemails(await modules());
  if (tried.length > 0)
    return {
      where,
      message: `${lostVoicemail(tried)}: calls for the mailbox ${box} go to the operators`,
      remedy: voicemailBack(tried),
    };
  const found = await mailboxOf(questionsOf(door.read), box);
  if (found === null || found.messages < found.most) return null;
  return {
    where,
    message: `the mailbox ${box} is full (${found.messages} messages): callers go to the operators`,
    remedy: 'listen to the messages and delete them',
  };
}

async function soundFaults(door: Door, sounds: readonly string[]): Promise<readonly CanaryFault[]> {
  const missing: string[] = [];
  for (const media of sounds.slice(0, mostSounds)) if (!(await door.plays(media))) missing.push(media);
  if (missing.length === 0) return [];
  const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : '';
  return [
    {
      where: 'prompts',
      message: `Asterisk cannot play ${missing.slice(0, mostNamed).join(', ')}${more}: callers who are asked hear nothing`,
      remedy: 'gatehouse prompts --out DIRECTORY, readable for the user of Asterisk',
    },
  ];
}

function entryFault(error: unknown): CanaryFault {
  const why = error instanceof CallControlError ? error.message : String(error);
  return {
    where: 'entry',
    message: `a call through [${entryContext}] did not come to Gatehouse and back: ${why}`,
    remedy: `gatehouse doctor; after an update copy dialplan/gatehouse.conf anew, then ${reload}`,
  };
}
