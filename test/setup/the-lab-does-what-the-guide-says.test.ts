import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guide } from '../../lab/asterisk-config.ts';

it('what the lab adds to the distribution’s configuration is in docs/install.md, line by line', () => {
  const told = readFileSync('docs/install.md', 'utf8');
  for (const [file, text] of Object.entries(guide)) {
    expect(told).toContain(`\`${file}\``);
    expect(told).toContain(text.trim());
  }
});

it('neither the guide nor the shipped dialplan has an #include, which takes every context with it when it fails', () => {
  const files = ['docs/install.md', 'dialplan/gatehouse.conf', 'dialplan/gatehouse-outbound.conf'];
  for (const file of [...files, 'dialplan/gatehouse-site.conf.sample'])
    expect(readFileSync(file, 'utf8').match(/^[;\s]*#include .*$/gm) ?? []).toEqual([]);
});

it('no step of the shipped dialplan is cut off by a semicolon', () => {
  for (const file of ['dialplan/gatehouse.conf', 'dialplan/gatehouse-site.conf.sample'])
    expect(readFileSync(file, 'utf8').match(/^\s*[^;\s].*(?<!\\);.*$/gm) ?? []).toEqual([]);
});
