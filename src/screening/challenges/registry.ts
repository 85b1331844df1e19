import type { ChallengeKind } from '../../call/vocabulary.ts';
import type { Challenge } from './challenge.ts';
import { press1 } from './press-1.ts';
import { twoDigits } from './two-digits.ts';

export const challenges: Readonly<Record<ChallengeKind, Challenge>> = {
  'press-1': press1,
  'two-digits': twoDigits,
};
