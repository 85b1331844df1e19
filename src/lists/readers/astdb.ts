import type { ListFormat } from './list-format.ts';
import { linesOf } from './text.ts';

const family = /^\/blacklist\/([^/]+?) *: ?(.*)$/i;
const prompt = /^\d+ results? found\.?$/i;

/**
 * What `asterisk -rx "database show blacklist"` prints (FreePBX keeps its blacklist there): `/blacklist/3175550123 : 1`, the value
 * being a note, or 1.
 */
export const astdb: ListFormat = {
  endings: ['.astdb'],
  *rows(file, { skip }) {
    let line = 0;
    for (const written of linesOf(file)) {
      line++;
      const row = written.trim();
      if (row === '' || prompt.test(row)) continue;
      const [, number, value = ''] = family.exec(row) ?? [];
      if (number === undefined)
        skip(
          line,
          'not an entry of /blacklist/',
          'keep the lines of: asterisk -rx "database show blacklist"',
        );
      // FreePBX: block calls without a number. A rule says that here.
      else if (number.toLowerCase() === 'blocked')
        skip(
          line,
          '"blocked" stands for calls without a number',
          'write a rule: when: { caller: { is: withheld } }',
        );
      // FreePBX: where blocked callers are sent.
      else if (number.toLowerCase() === 'dest')
        skip(
          line,
          '"dest" is where FreePBX sends blocked callers',
          'write a rule: when: { caller: { in: … } }, then: …',
        );
      else yield { line, number, note: /^[01]?$/.test(value.trim()) ? '' : value.trim() };
    }
  },
};
