import { expect, test } from 'vitest';
import { visibleJson, visibleText } from '../../src/text/visible-text.ts';

const hostile = 'a\u001b[2J\u202eb\u2028\u200bc\u{e0041}';

test.each([
  ['replace', 'a\ufffd[2J\ufffdb\ufffd\ufffdc\ufffd'],
  ['space', 'a [2J b c'],
  ['drop', 'a[2Jbc'],
  ['name', 'a‹U+001B›[2J‹U+202E›b‹U+2028›‹U+200B›c‹U+E0041›'],
] as const)('%s: nothing is left that acts or hides', (as, shown) => {
  expect(visibleText(hostile, as)).toBe(shown);
});

test('joiners stay on a screen, and go from labels and arguments', () => {
  expect(visibleText('👩\u200d⚕')).toBe('👩\u200d⚕');
  expect(visibleText('👩\u200d⚕', 'drop')).toBe('👩⚕');
});

test('blanks are one blank in a label, and stay elsewhere', () => {
  expect(visibleText('  a  b ', 'space')).toBe('a b');
  expect(visibleText('  a  b ')).toBe('  a  b ');
});

test('a longer text ends with an ellipsis, and never within a character', () => {
  expect(visibleText('abcdef', 'replace', 4)).toBe('abc…');
  expect(visibleText('abc😀', 'replace', 4)).toBe('abc…');
  expect(visibleText('abcd', 'replace', 4)).toBe('abcd');
  expect(visibleText('ab😀cd', 'replace', 4).isWellFormed()).toBe(true);
});

test('JSON parses to the same value', () => {
  const json = visibleJson({ hostile });
  expect(json).toMatch(/^[ -~]+$/);
  expect(JSON.parse(json)).toEqual({ hostile });
});
