import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { closedButFor } from '../../src/init/change.ts';
import { type ConfFiles, heading, readConf, valueIn } from '../../src/init/conf/conf-tree.ts';
import { blockOf, ourLine, withBlock, withoutOurs } from '../../src/init/conf/ours.ts';
import type { FileOwner } from '../../src/process/write-file-atomically.ts';
import { confLines } from '../../src/text/conf-lines.ts';

function files(texts: Readonly<Record<string, string>>): ConfFiles {
  const path = (name: string): string => join('/etc/asterisk', name);
  const all = new Map(Object.entries(texts).map(([name, text]) => [path(name), text]));
  return {
    etc: '/etc/asterisk',
    text: (name) => all.get(name) ?? null,
    matching: (pattern) =>
      [...all.keys()].filter(
        (name) => name === pattern || (pattern.endsWith('*.conf') && name.startsWith(pattern.slice(0, -6))),
      ),
  };
}

describe('a line of a configuration file', () => {
  test.each([
    ['[a](+)', { kind: 'section', name: 'a', marks: ['+'] }],
    ['[a](!,b) ; note', { kind: 'section', name: 'a', marks: ['!', 'b'] }],
    ['x=1 ; note', { kind: 'setting', name: 'x', value: '1' }],
    ['x => a\\;b', { kind: 'setting', name: 'x', value: 'a;b' }],
    ['exten => s,1,Set(a=b)', { kind: 'setting', name: 'exten', value: 's,1,Set(a=b)' }],
    ['#include "a b.conf"', { kind: 'include', path: 'a b.conf' }],
    ['#tryinclude <x.conf>', { kind: 'include', path: 'x.conf' }],
    ['#exec /bin/false', { kind: 'nothing' }],
    [';x=1', { kind: 'nothing' }],
    ['', { kind: 'nothing' }],
  ])('%s', (text, line) => {
    expect(confLines(text)).toEqual([line]);
  });

  test('comments over many lines hide what is in them', () => {
    const kinds = confLines('a=1 ;-- b=2\nc=3\n--; d=4\n;--- e\nf=5').map((line) =>
      'name' in line ? line.name : '-',
    );
    expect(kinds).toEqual(['a', '-', 'd', '-', 'f']);
  });
});

describe('a file with what it includes', () => {
  const conf = readConf(
    files({
      'http.conf':
        '#include absent.conf\n[general]\n#include http.d/*.conf\nbindport=1\n[general](+)\nbindport=2\n',
      'http.d/a.conf': 'enabled=yes\n[other]\nx=y\n',
    }),
    'http.conf',
  );

  test('settings of an included file belong to the section around it, and the last one counts', () => {
    expect(valueIn(conf, 'general', 'enabled')).toBe('yes');
    expect(valueIn(conf, 'general', 'bindport')).toBe('2');
    expect(valueIn(conf, 'other', 'bindport')).toBe('1');
    expect(conf.files).toContain('/etc/asterisk/absent.conf');
  });

  test('(+) only where a section of the name stands already', () => {
    expect(heading(conf, 'general')).toBe('[general](+)');
    expect(heading(conf, 'globals')).toBe('[globals]');
  });

  test('a file that includes itself is no endless loop', () => {
    expect(readConf(files({ 'a.conf': '#include a.conf\n[x]\n' }), 'a.conf').sections.length).toBeLessThan(
      20,
    );
  });
});

describe('what is ours in a file', () => {
  test.each(['', 'a=1', 'a=1\n', '[x]\r\na=1\r\n'])('a block can be taken out of %j again', (text) => {
    const changed = withBlock(text, ['[g](+)', 'b=2']);
    expect(blockOf(changed)).toEqual(['[g](+)', 'b=2']);
    const end = text === '' || text.endsWith('\n') ? '' : '\n';
    expect(withoutOurs(changed).text).toBe(text + end);
  });

  test('a block is renewed where it stands', () => {
    const changed = `${withBlock('a=1\n', ['b=2'])}c=3\n`;
    expect(withoutOurs(withBlock(changed, ['b=4'])).text).toBe('a=1\nc=3\n');
    expect(withBlock(changed, ['b=4'])).toMatch(/b=4\n.*end\nc=3\n$/);
  });

  test('a line gives back the one that stood there, blanks and comments with it', () => {
    const before = '\tcontext = a ; note\r';
    expect(withoutOurs(ourLine('context = b', before)).text).toBe(before);
    expect(withoutOurs(`x\n${ourLine('context = b', null)}\ny`).text).toBe('x\ny');
    expect(confLines(ourLine('context = b', before))).toEqual([
      { kind: 'setting', name: 'context', value: 'b' },
    ]);
  });
});

test('a section and a setting are found however their letters are written, as Asterisk finds them', () => {
  const conf = readConf(files({ 'ari.conf': '[General]\nEnabled = yes\n' }), 'ari.conf');
  expect(heading(conf, 'general')).toBe('[general](+)');
  expect(valueIn(conf, 'general', 'enabled')).toBe('yes');
});

describe('a file that gets a secret', () => {
  const asterisk = { mode: 0o750, uid: 110, gid: 111 };
  const closed = (uid: number, gid: number, mode: number, reader: FileOwner | null = asterisk) => {
    const after = closedButFor(reader, { uid, gid, mode });
    return `${after.uid}:${after.gid} ${after.mode.toString(8)}`;
  };

  test('is closed to all others, and Asterisk goes on reading it', () => {
    expect(closed(110, 111, 0o640)).toBe('110:111 640');
    expect(closed(110, 50, 0o644)).toBe('110:50 640');
    expect(closed(0, 0, 0o644)).toBe('0:111 640');
    expect(closed(0, 111, 0o644)).toBe('0:111 640');
    expect(closed(1000, 1000, 0o644)).toBe('1000:1000 644');
  });

  test('of another program is closed unless it is root’s', () => {
    expect(closed(120, 120, 0o644, null)).toBe('120:120 640');
    expect(closed(0, 0, 0o644, null)).toBe('0:0 644');
  });
});
