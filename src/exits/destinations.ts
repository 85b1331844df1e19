import type { CallFacts } from '../call/facts.ts';
import type { Fallback, Verdict } from '../call/verdict.ts';
import { calledFacts, callerFacts } from '../numbers/phone-number.ts';
import type { Policy } from '../policy/policy.ts';

/** Where the rules send calls: exits and mailboxes by name. */
export interface Destinations {
  readonly exits: ReadonlySet<string>;
  readonly boxes: ReadonlySet<string>;
}

/** Of every rule, whatever its condition; a verdict has the same destinations for all calls. */
export function destinationsOf(policy: Policy): Destinations {
  const exits = new Set([policy.settings.operatorsExit]);
  const boxes = new Set([policy.settings.voicemailBox]);
  const add = (end: Fallback): void => {
    if (end.kind === 'connect') exits.add(end.exit);
    if (end.kind === 'voicemail') boxes.add(end.box);
  };
  for (const rule of policy.rules) for (const end of endsOf(rule.verdict(someCall(policy), null))) add(end);
  return { exits, boxes };
}

/** Digits that are dialed here, or `100` when the rules name no number of the organization. */
export function anOwnNumber(policy: Policy | null): string {
  const [first] = policy?.settings.ownPatterns ?? [];
  if (first === undefined) return '100';
  switch (first.kind) {
    case 'exact':
      return first.number;
    case 'prefix':
      return first.prefix;
    case 'range':
      return first.from;
  }
}

function endsOf(verdict: Verdict): readonly Fallback[] {
  if (verdict.kind === 'challenge') return [verdict.passed, verdict.failed, verdict.silent];
  return [verdict];
}

function someCall({ settings }: Policy): CallFacts {
  const { defaultRegion } = settings;
  return {
    ...{ callId: 'doctor', linkedId: 'doctor', sipCallId: '', now: Date.now(), trunk: '' },
    caller: callerFacts('', 'prohib', '', defaultRegion),
    called: calledFacts('', defaultRegion),
    verification: { result: 'none', attestation: null, signer: null, origid: null, source: null },
    ...{ history: null, noHistoryReason: null },
  };
}
