import { z } from 'zod';
import type { Verification } from '../../call/facts.ts';
import { signatureProblems, signedFor } from '../../call/vocabulary.ts';
import { mapping, twoLines, word, yesOrNo } from '../yaml/schema-words.ts';

const text = (what: string, most: number, description: string) =>
  z
    .string({ error: twoLines(`${what} must be text`, 'write it in quotes if need be') })
    .max(most)
    .optional()
    .meta({ description });

/** What a case or `gatehouse explain --signature` says of a signature beside its result. */
export const signatureShape = mapping('signature', {
  'signer-name': text('signer-name', 80, 'name in its certificate'),
  'signer-code': text('signer-code', 80, 'provider code in its certificate'),
  'signed-name': text('signed-name', 120, 'the caller’s name in rich call data'),
  'signed-for': word('signed-for', signedFor.words).optional(),
  problem: word('problem', signatureProblems.words).optional().meta({ description: 'why it does not count' }),
  contradicted: yesOrNo('contradicted')
    .optional()
    .meta({ description: 'what was verified here and what the carrier says differ' }),
});

export function signatureFacts(written: z.output<typeof signatureShape> = {}): Partial<Verification> {
  const { problem, contradicted } = written;
  const { 'signer-name': signerName, 'signer-code': signerCode } = written;
  const { 'signed-name': callerName, 'signed-for': signedFor } = written;
  return {
    ...(signerName !== undefined && { signerName }),
    ...(signerCode !== undefined && { signerCode }),
    ...(callerName !== undefined && { callerName }),
    ...(signedFor !== undefined && { signedFor }),
    ...(problem !== undefined && { problem }),
    ...(contradicted && { disagreement: { here: 'passed-C', carrier: 'passed-A' } }),
  };
}
