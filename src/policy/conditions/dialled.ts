import { admission } from './admission.ts';

/** `history: { dialled: true }`: our people dialled this number, and the time in which it may call back has not ended. */
export const dialled = admission({
  key: 'dialled',
  kind: 'dialled',
  questions: ['we dialled the caller', 'we did not dial the caller'],
  about: 'Our people dialled this number not long ago: it calls back.',
  example: 'history: { dialled: true }',
  admits: ({ history, now }) => {
    const until = history?.dialledUntil;
    return until === undefined ? null : until !== null && until > now;
  },
});
