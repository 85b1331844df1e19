import { countCondition } from './count-window.ts';

/** `history: { calls: … }`: how often this number called. */
export const calls = countCondition({
  path: ['history', 'calls'],
  field: 'calls',
  what: 'calls of this number',
  about: 'How often this caller number called before, within a window.',
  example: 'history: { calls: { over: 10, within: 1h } }',
});

/** `history: { failed-challenges: … }`: a person fails once, a robot always. */
export const failedChallenges = countCondition({
  path: ['history', 'failed-challenges'],
  field: 'failedChallenges',
  what: 'failed challenges of this number',
  about: 'How many challenges this caller number failed or met with silence, within a window.',
  example: 'history: { failed-challenges: { over: 3, within: 24h } }',
});

/** `history: { called-numbers: … }`: one caller touching many of our numbers (war dialling). */
export const calledNumbers = countCondition({
  path: ['history', 'called-numbers'],
  field: 'calledNumbers',
  what: 'different numbers called by this number',
  about: 'How many different numbers of ours this caller number dialled, within a window (war dialling).',
  example: 'history: { called-numbers: { over: 4, within: 10m } }',
});

/** `history: { exchange-calls: … }`: neighbours that change with each call. */
export const exchangeCalls = countCondition({
  path: ['history', 'exchange-calls'],
  field: 'exchangeCalls',
  what: 'calls from this exchange',
  about:
    'How many calls came from the exchange of the caller number (area code and three digits), within a window.',
  example: 'history: { exchange-calls: { over: 50, within: 1h } }',
});

/** `history: { signer-calls: … }`: what one signer vouched for. */
export const signerCalls = countCondition({
  path: ['history', 'signer-calls'],
  field: 'signerCalls',
  what: 'calls of this signer',
  about: 'How many calls the signer of this call has signed, within a window.',
  example: 'history: { signer-calls: { over: 200, within: 10m } }',
});

/** `surge: { called-number: … }`: one number of ours is rung by everybody. */
export const calledNumberSurge = countCondition({
  path: ['surge', 'called-number'],
  field: 'calledNumberCalls',
  what: 'calls to this number',
  about: 'How many calls came to the number that was dialled, whoever called, within a window.',
  example: 'surge: { called-number: { over: 30, within: 10m } }',
});

/** `surge: { board: … }`: the whole board is rung. */
export const boardSurge = countCondition({
  path: ['surge', 'board'],
  field: 'boardCalls',
  what: 'calls to the whole board',
  about: 'How many calls came to the whole board, within a window.',
  example: 'surge: { board: { over: 600, within: 10m } }',
});
