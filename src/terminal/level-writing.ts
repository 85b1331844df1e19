import { DateTime } from 'luxon';
import { type NameOf, noNames } from '../call/called-name.ts';
import type { LevelWriting } from '../levels/level-words.ts';
import { maskNumber } from '../privacy/mask-number.ts';
import { visibleText } from '../text/visible-text.ts';

/** How commands write levels: times of this machine, numbers under their names. */
export function levelWriting(showsNumbers: boolean, nameOf: NameOf = noNames): LevelWriting {
  return {
    number: (number) => {
      const [name, shown] = [nameOf(number), showsNumbers ? number : maskNumber(number)];
      return visibleText(name === null ? shown : `${name}, ${shown}`);
    },
    time: (at) => DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm ZZZZ'),
  };
}
