import type { CallFacts } from './facts.ts';
import { usualVerification, usualWords } from './usual-verification.ts';

/** What a call shows beside its numbers, for people: names and texts. Nothing in them is the caller's. */
export function signalWords(facts: CallFacts): readonly (readonly [name: string, text: string])[] {
  const { claimed, decoy, ownCallOut } = facts.signals ?? {};
  const usual = usualVerification(facts.history?.verified ?? {});
  const heard = Object.entries(facts.history?.heard ?? {}).map(([tone, times]) => `${tone} ${times}×`);
  return [
    ...said('Display name claims to be', claimed && `${claimed.name} (${claimed.group})`),
    ...said('Decoy', decoy ? 'the called number is an unused one' : undefined),
    ...said('Our own number', ownCallOut === undefined ? undefined : ownCallWords[ownCallOut ? 'yes' : 'no']),
    ...said('Verification of this number', usual === null ? undefined : usualWords(facts, usual)),
    ...said('Heard before', heard.length === 0 ? undefined : heard.join(', ')),
  ];
}

const ownCallWords = {
  yes: 'shown by a call of ours in progress',
  no: 'shown by no call of ours in progress: forged',
};

function said(name: string, text: string | undefined): readonly (readonly [string, string])[] {
  return text === undefined ? [] : [[name, text]];
}
