import { execFileSync } from 'node:child_process';
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

test('a command that is longer than the screen is the same command when it is pasted', () => {
  const command = `printf '%s|' a "b  c" 'it'\\''s  long' --option=value \\# ${'word '.repeat(30)}"$HOME"`;
  const finding = error('trunk.context', 'not screened', { command });
  for (const width of [20, 40, 80]) {
    const lines = findingText(finding, null, { width }).split('\n').slice(2);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(execFileSync('sh', ['-c', lines.join('\n')], { encoding: 'utf8' })).toBe(
      execFileSync('sh', ['-c', command], { encoding: 'utf8' }),
    );
  }
});

test('a path is one word of a shell', () => {
  expect(quoted('/etc/asterisk/a.conf')).toBe('/etc/asterisk/a.conf');
  expect(quoted("it's $HOME")).toBe("'it'\\''s $HOME'");
});
