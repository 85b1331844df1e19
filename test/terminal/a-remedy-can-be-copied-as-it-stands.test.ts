import { expect, test } from 'vitest';
import { error, ok } from '../../src/doctor/finding.ts';
import { quoted } from '../../src/doctor/pasted.ts';
import { findingText } from '../../src/terminal/doctor-text.ts';

test('words and command, the command alone, words alone', () => {
  const both = error('trunk.context', 'not screened', { words: 'set it', command: "echo 'a b' >> /x" });
  expect(findingText(both, null)).toBe(
    "trunk\n  ERROR    not screened  [trunk.context]\n             -> set it\necho 'a b' >> /x",
  );
  const command = error('trunk.context', 'not screened', { command: 'true' });
  expect(command.remedy).toBe('true');
  expect(findingText(command, both)).toBe('  ERROR    not screened  [trunk.context]\ntrue');
  const words = error('trunk.context', 'not screened', { words: 'set it', command: null });
  expect(findingText(words, both)).toMatch(/-> set it$/);
  expect(findingText(ok('trunk.keys', 'hears keys'), both)).toBe('  ok       hears keys');
});

test('a path is one word of a shell', () => {
  expect(quoted('/etc/asterisk/a.conf')).toBe('/etc/asterisk/a.conf');
  expect(quoted("it's $HOME")).toBe("'it'\\''s $HOME'");
});
