import { DateTime } from 'luxon';
import type { LevelWriting } from '../levels/level-words.ts';
import { maskNumber } from '../privacy/mask-number.ts';
import { visibleText } from '../text/visible-text.ts';

/** How commands write levels: times of this machine. */
export function levelWriting(showsNumbers: boolean): LevelWriting {
  return {
    number: (number) => visibleText(showsNumbers ? number : maskNumber(number)),
    time: (at) => DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm ZZZZ'),
  };
}
