import { admission } from './admission.ts';

/**
 * `history: { expected: true }`: staff said that this number will call (`gatehouse expect`), at this called number or at
 * any. It never outweighs a failed verification: whoever forges the number is not the one who is expected.
 */
export const expectedCall = admission({
  key: 'expected',
  kind: 'expected',
  questions: ['caller is expected', 'caller is not expected'],
  about:
    'Staff expect this number to call, at this called number or at any (gatehouse expect). Never true when the verification failed.',
  example: 'history: { expected: true }',
  admits: ({ history, called, verification, now }) => {
    const expected = history?.expected;
    if (expected === undefined) return null;
    if (expected === null || verification.result === 'failed') return false;
    return expected.until > now && (expected.called === null || expected.called === called.number);
  },
});
