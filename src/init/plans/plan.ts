import type { Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';
import { ariPlan, httpPlan, modulesPlan, trunkPlan, voicemailPlan } from './asterisk-files.ts';
import { dialplanPlan, spoolOf } from './dialplan.ts';
import { rulesPlan, settingsPlan } from './own-files.ts';
import { redisPlan } from './redis.ts';
import { takenListPlan } from './taken-list.ts';

/**
 * Every file as it is to be, in the order in which they are written: the trunk last. What is in place already changes nothing.
 * @param running modules of Asterisk that run: `app_voicemail.so`
 */
export function planOf(ground: Ground, running: ReadonlySet<string>): Plan {
  const parts = [
    settingsPlan(ground),
    takenListPlan(ground),
    rulesPlan(ground),
    redisPlan(ground),
    httpPlan(ground),
    ariPlan(ground),
    voicemailPlan(ground),
    modulesPlan(ground, running),
    dialplanPlan(ground),
    trunkPlan(ground),
  ];
  return {
    edits: parts.flatMap(({ edits }) => edits),
    spool: spoolOf(ground),
    steps: parts.flatMap(({ steps }) => steps),
  };
}
