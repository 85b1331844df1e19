import type { Settings } from '../config/settings.ts';
import { addressOf, askGatehouse } from '../doctor/ask-gatehouse.ts';
import type { LevelScope } from '../levels/level-state.ts';
import { levelLines } from '../levels/level-words.ts';
import type { Health } from '../report/api/health.ts';
import { waitingNotes, waitingWords } from '../spool/waiting-notes.ts';
import { levelWriting } from '../terminal/level-writing.ts';

/** A note is taken in within seconds; one that lies there longer is a call that nobody counts. */
const oldNoteMs = 5 * 60_000;

/** Why calls may not be screened now, seen from outside; nothing: they are, here or by the Gatehouse that this one stands by for. */
export async function problemsOfSite(
  settings: Pick<Settings, 'http' | 'data' | 'spool'>,
  now: number,
): Promise<readonly string[]> {
  const reply = await askGatehouse(settings);
  const notes = await waitingNotes(settings.spool);
  const areOld = notes !== null && now - notes.since > oldNoteMs;
  return [...problemsOfAnswer(reply, addressOf(settings)), ...(areOld ? [waitingWords(notes)] : [])];
}

/** What is not calm, as the running Gatehouse says, a line each; nothing: all is, or it does not answer. */
export async function levelsOfSite(settings: Pick<Settings, 'http' | 'data'>): Promise<readonly string[]> {
  const reply = await askGatehouse(settings);
  const levels = typeof reply === 'string' ? undefined : (reply as Partial<Health>).levels;
  if (levels === undefined) return [];
  const above = levels.above.map(({ of, ...one }) => ({
    ...one,
    scope: of as LevelScope,
    campaigns: [...one.campaigns],
  }));
  return levelLines({ levels: above, surges: levels.surges }, levelWriting(false));
}

/** `reply`: what /healthz says, without its details for those who may not have them; a text: there is none. */
export function problemsOfAnswer(reply: object | string, address: string): readonly string[] {
  if (typeof reply === 'string')
    return [`no Gatehouse answers at ${address} (${reply}): calls go to the operators unscreened`];
  const { ari, otherDialplan } = reply as Partial<Health>;
  const isLinked = ari === undefined || ari === 'connected' || ari === 'standby';
  return [
    ...(isLinked ? [] : [`no connection to Asterisk (${ari}): calls go to the operators unscreened`]),
    ...(otherDialplan ? [`${otherDialplan.message}: calls go to the operators unscreened`] : []),
  ];
}
