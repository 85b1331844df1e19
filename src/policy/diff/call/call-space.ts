import { signatureProblems, signedFor } from '../../../call/vocabulary.ts';
import type { SignatureAsked, Variable } from '../../logic/logic.ts';
import { verificationStates } from '../../logic/logic.ts';
import { anything, callerPoints, no, type Place, placesOf, unknown, yes } from '../../proof/dimensions.ts';
import { Theory } from '../../proof/theory.ts';
import { type Called, calledAnswer, calledOf } from './called-points.ts';
import { type Caller, callerAnswer, callersOf } from './caller-points.ts';
import { instantsOf } from './instants.ts';
import type { PolicyPair } from './policy-pair.ts';
import { countsOfNumber } from './simplest-call.ts';

/**
 * What a call can be, for two policies: callers, called numbers and instants that stand for all others, with what every
 * question of the rules answers there. What is not among them is possible too, at points of which less is known.
 */
export interface CallSpace extends PolicyPair {
  readonly theory: Theory;
  readonly callers: readonly Caller[];
  readonly called: readonly Called[];
  /** Epoch ms; the first is now. */
  readonly instants: readonly number[];
}

export function callSpace(variables: readonly Variable[], pair: PolicyPair, changed: ChangedRows): CallSpace {
  const callers = callersOf(variables, pair, changed);
  const called = calledOf(variables, pair, changed);
  const instants = instantsOf(variables, pair.now);
  const places = (variable: Variable): readonly Place[] => {
    const found: Place[] = [];
    const standard = placesOf(variable, []).filter(({ dimension }) => !dimension.startsWith('time'));
    const ofCaller = standard.find(({ dimension }) => dimension === 'caller')?.at ?? ofNumberOnly(variable);
    if (ofCaller)
      found.push({
        dimension: 'caller',
        at: callers.map((caller) => callerAnswer(variable, caller, ofCaller, pair)),
      });
    found.push(...standard.filter(({ dimension }) => dimension !== 'caller'));
    const at = called.map((one) => calledAnswer(variable, one, pair));
    if (at.some((answers) => answers !== anything)) found.push({ dimension: 'called', at });
    if (variable.about === 'signature-note') found.push(placeOfNote(variable.asks));
    if (variable.about === 'time')
      found.push({ dimension: 'time', at: instants.map((now) => (variable.holdsAt(now) ? yes : no)) });
    if (variable.about === 'before')
      found.push({ dimension: 'time', at: instants.map((now) => (now < variable.at ? yes : no)) });
    return found;
  };
  const sizes = new Map([
    ['caller', callers.length],
    ['called', called.length],
    ['time', instants.length],
    ['verification', verificationStates.length],
  ]);
  return { ...pair, theory: new Theory(variables, { sizes, placesOf: places }), callers, called, instants };
}

/** Numbers and patterns of rows that one of the policies has alone. */
export type ChangedRows = Parameters<typeof callersOf>[2];

/** What is remembered of numbers is not known of a caller without one. */
function ofNumberOnly(variable: Variable): readonly number[] | null {
  const isOfNumber =
    variable.about === 'flags' ||
    variable.about === 'opted-out' ||
    variable.about === 'heard' ||
    variable.about === 'weaker-verification' ||
    (variable.about === 'count' && countsOfNumber.has(variable.field));
  if (!isOfNumber) return null;
  const first = callerPoints.indexOf('invalid');
  return callerPoints.map((_, point) => (point >= first ? anything : unknown));
}

/** A signature has one problem or none, and was signed for one number. */
function placeOfNote(asks: SignatureAsked): Place {
  const isThere = (holds: boolean) => (holds ? yes : no);
  if (!('oneOf' in asks)) {
    const wanted = !('isThere' in asks) || asks.isThere;
    return { dimension: asks.field, at: [isThere(!wanted), isThere(wanted)] };
  }
  const words: readonly string[] = asks.field === 'problem' ? signatureProblems.words : signedFor.words;
  return { dimension: asks.field, at: ['', ...words].map((word) => isThere(asks.oneOf.includes(word))) };
}
