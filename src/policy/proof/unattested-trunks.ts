import type { Trunk } from '../../call/trunk.ts';
import { logicOf } from '../logic/formula.ts';
import type { Logic, Variable, VerificationState } from '../logic/logic.ts';
import { verificationStates } from '../logic/logic.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';

interface Possible {
  readonly yes: boolean;
  readonly no: boolean;
}

/**
 * Rules that ask for a verification which no trunk can give. Told once `trunks` says something: the trunks there, and those
 * that the rule itself names, are taken for all.
 */
export function findUnattested({ rules, trunks }: Policy): Problem[] {
  if (trunks.size === 0) return [];
  return rules.flatMap(({ id, formula, place }): Problem[] => {
    const logic = formula === null ? null : logicOf(formula);
    if (logic === null || !asksVerification(logic)) return [];
    const names = [...new Set([...trunks.keys(), ...trunksIn(logic)])];
    const canBe = (name: string, states: readonly VerificationState[]) =>
      states.some((state) => possible(logic, name, state).yes);
    const wanted = names.filter((name) => canBe(name, verificationStates));
    if (wanted.length === 0 || wanted.some((name) => canBe(name, statesOf(trunks.get(name))))) return [];
    return [
      {
        severity: 'warning',
        ...place,
        message: `the rule "${id}" asks for a verification that ${wanted.map((name) => `"${name}"`).join(', ')} never gives`,
        remedy: 'write under trunks what is believed there (like: or believe:), or take the rule out',
        code: 'unattested-trunk',
      },
    ];
  });
}

/** A trunk of which nothing is said believes our own Asterisk, which can find anything. */
function statesOf(trunk: Trunk | undefined): readonly VerificationState[] {
  const gives = trunk === undefined || [...trunk.believes].some((one) => one !== 'p-origination-id');
  return gives ? verificationStates : ['failed', 'none'];
}

function possible(logic: Logic, trunk: string, state: VerificationState): Possible {
  if (logic.kind === 'is') return possibleOf(logic.variable, trunk, state);
  if (logic.kind === 'not') {
    const { yes, no } = possible(logic.part, trunk, state);
    return { yes: no, no: yes };
  }
  const parts = logic.parts.map((part) => possible(part, trunk, state));
  return logic.kind === 'all'
    ? { yes: parts.every(({ yes }) => yes), no: parts.some(({ no }) => no) }
    : { yes: parts.some(({ yes }) => yes), no: parts.every(({ no }) => no) };
}

function possibleOf(variable: Variable, trunk: string, state: VerificationState): Possible {
  const known = (yes: boolean) => ({ yes, no: !yes });
  if (variable.about === 'trunk') return known(variable.name === trunk);
  if (variable.about === 'verification') return known(variable.state === state);
  const isOfPassed = variable.about === 'signature' || variable.about === 'signer-certificate';
  return { yes: !isOfPassed || state.startsWith('passed'), no: true };
}

function variablesIn(logic: Logic): Variable[] {
  if (logic.kind === 'is') return [logic.variable];
  return logic.kind === 'not' ? variablesIn(logic.part) : logic.parts.flatMap(variablesIn);
}

const asked: ReadonlySet<Variable['about']> = new Set(['verification', 'signature', 'signer-certificate']);

function asksVerification(logic: Logic): boolean {
  return variablesIn(logic).some(({ about }) => asked.has(about));
}

function trunksIn(logic: Logic): string[] {
  return variablesIn(logic).flatMap((one) => (one.about === 'trunk' ? [one.name] : []));
}
