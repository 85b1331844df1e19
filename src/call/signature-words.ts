import type { CallFacts } from './facts.ts';
import { signatureProblems, signedFor } from './vocabulary.ts';

/** What is known of a call's signatures, line by line. Texts are what signers wrote, and may hold numbers. */
export function signatureLines({
  verification,
  now,
}: CallFacts): readonly (readonly [name: string, text: string])[] {
  const { identities, problem, passport, disagreement, secondIdentity } = verification;
  const { orig = null, dest = [], iat = null } = passport ?? {};
  const lines: readonly (readonly [string, string | null | undefined])[] = [
    ['Signature', resultWords(verification)],
    ['Problem', problem && signatureProblems.label(problem)],
    [
      'Identity headers',
      identities?.map(({ kind, state }) => `${kind}: ${stateWords(state)}`).join('; ') ??
        (secondIdentity && `second one, ${secondIdentity}: not verified`),
    ],
    ['Contradiction', disagreement && `here ${disagreement.here}, by the carrier ${disagreement.carrier}`],
    ['Signer', verification.signer],
    ['Signer’s name', verification.signerName],
    ['Provider code', verification.signerCode],
    ['origid', verification.origid ?? passport?.origid],
    ['Signed for', verification.signedFor && signedFor.label(verification.signedFor)],
    ['Signed caller', orig],
    ['Signed called', dest.length === 0 ? null : dest.join(', ')],
    ['Signed name', verification.callerName],
    ['Signed', iat === null ? null : ageWords(now - iat)],
  ];
  return lines.flatMap(([name, text]) => (text ? [[name, text] as const] : []));
}

function resultWords({ result, attestation, source, identities }: CallFacts['verification']): string {
  if (result === 'none') return identities === undefined ? 'unsigned' : 'none that counts';
  const by = {
    asterisk: 'verified by our Asterisk',
    gatehouse: 'verified by Gatehouse',
    verstat: 'told by the carrier (verstat)',
    header: 'told by the carrier (header)',
  };
  return `${result}${attestation === null ? '' : `, attestation ${attestation}`}${source === null ? '' : `; ${by[source]}`}`;
}

function stateWords(state: string): string {
  return state === 'verified' ? 'valid' : signatureProblems.label(state);
}

function ageWords(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  return `${seconds} s ${ms < 0 ? 'after' : 'before'} the call`;
}
