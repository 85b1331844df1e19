import type { Campaign } from '../campaigns/campaign.ts';
import { stateWords, traitsText } from '../campaigns/campaign-text.ts';
import { visibleText } from '../text/visible-text.ts';

/** A line and a reason each. */
export function campaignsText(all: readonly Campaign[], isAll: boolean): string {
  if (all.length === 0) return isAll ? 'No campaign was recognized.\n' : 'No campaign goes on.\n';
  return all
    .map(
      (one) =>
        `${one.id}  ${visibleText(one.name)}  ${one.calls} calls from ${one.numbers} numbers\n  ${stateWords(one)}\n  ${visibleText(one.reason)}\n`,
    )
    .join('');
}

/** @param time writes epoch ms */
export function campaignStory(campaign: Campaign, time: (at: number) => string): string {
  const { id, name, reason, startedAt, recognizedAt, peakAt, lastAt, endedAt } = campaign;
  const shared = [campaign.traits, ...(campaign.also ?? [])].map(traitsText).join('; or ');
  const lines = [
    `${visibleText(name)} (${id})`,
    stateWords(campaign),
    visibleText(reason),
    `calls       ${campaign.calls} from ${campaign.numbers} numbers to ${campaign.calledNumbers} of ours`,
    `in common   ${visibleText(shared)}`,
    `first call  ${time(startedAt)}`,
    `recognized  ${time(recognizedAt)}`,
    `most calls  ${time(peakAt)}`,
    `last call   ${time(lastAt)}`,
    ...(endedAt === null ? [] : [`over        ${time(endedAt)}`]),
    `its calls   gatehouse calls --campaign ${id} --since ${new Date(startedAt).toISOString()}`,
  ];
  return `${lines.join('\n')}\n`;
}
