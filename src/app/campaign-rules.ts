import type { Policy } from '../policy/policy.ts';
import { variablesIn } from '../policy/proof/theory.ts';

/** A policy never changes, and may have twenty thousand rules. */
const known = new WeakMap<Policy, readonly string[]>();

/** Ids of the rules that ask for campaigns and are carried out. */
export function campaignRules(policy: Policy): readonly string[] {
  const found =
    known.get(policy) ??
    policy.rules
      .filter(({ mode, formula }) => mode === 'enforce' && variablesIn(formula).some(isOfCampaign))
      .map(({ id }) => id);
  known.set(policy, found);
  return policy.settings.mode === 'enforce' ? found : [];
}

function isOfCampaign({ about }: { readonly about: string }): boolean {
  return about === 'campaign';
}
