import { admission } from './admission.ts';

/** `history: { has-pass: true }`: the caller number passed a challenge, and the pass has not ended. */
export const hasPass = admission({
  key: 'has-pass',
  kind: 'pass',
  questions: ['caller passed before', 'caller has not passed before'],
  about: 'The caller number passed a challenge before, and its pass has not ended.',
  example: 'history: { has-pass: true }',
  admits: ({ history, now }) => {
    const until = history?.passUntil;
    return until === undefined ? null : until !== null && until > now;
  },
});
