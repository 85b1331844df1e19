import { type Doubt, toldIn, warning } from './doubt.ts';

/** Callers who are asked before the call is answered: what they press may never arrive. Said once, at the first place. */
export const earlyMedia: Doubt = function* (doubted) {
  const first = toldIn(doubted, 'early-media').find(([isAsked]) => isAsked === true);
  if (first === undefined) return;
  yield warning(
    doubted.source.at(first[1]),
    'callers are asked before the call is answered: many carriers carry neither sound nor keys then, and every caller would count as silent',
    'call in over each trunk and press 1; where that fails, leave early-media out',
    'early-media',
  );
};
