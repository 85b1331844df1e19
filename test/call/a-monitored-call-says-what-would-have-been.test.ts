import { expect, it } from 'vitest';
import { callColumns } from '../../src/call/call-columns.ts';
import type { Verdict } from '../../src/call/verdict.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';

function notes(
  monitored: readonly { readonly rule: string; readonly verdict: Verdict }[],
): readonly string[] {
  const outcome = sampleOutcome('n1/1');
  if (outcome.decision === null) throw new Error('the sample is decided');
  const decision = { ...outcome.decision, monitored };
  const result = callColumns.find(({ page }) => page === 'Result');
  const cell = result?.value({
    outcome: { ...outcome, decision, challenge: null },
    afterExit: null,
  });
  return cell?.kind === 'disposition' ? cell.notes : [];
}

const mailbox: Verdict = { kind: 'voicemail', box: 'general' };
const people: Verdict = { kind: 'connect', exit: 'operators', label: null };

it('the whole board in monitor mode: what the rule that decided would have done', () => {
  expect(notes([{ rule: 'everyone-else', verdict: mailbox }])).toEqual(['monitor mode; would: voicemail']);
});

it('another rule that is only monitored, and a rule that would connect, say nothing', () => {
  expect(notes([{ rule: 'war-dialing', verdict: mailbox }])).toEqual([]);
  expect(notes([{ rule: 'everyone-else', verdict: people }])).toEqual([]);
});
