import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingNames, settings } from '../../src/config/read-setting.ts';
import { readSettings } from '../../src/config/settings.ts';
import { settingsTable } from '../../src/config/settings-page.ts';

it('docs/settings.md holds the table of the code', () => {
  expect(readFileSync('docs/settings.md', 'utf8')).toContain(settingsTable());
});

it('every default is allowed', () => {
  expect(readSettings({ GATEHOUSE_ARI_USER: 'u', GATEHOUSE_ARI_PASSWORD: 'p' }).ok).toBe(true);
});

it('the example environment names settings that exist, and no secret', () => {
  const example = readFileSync('deploy/gatehouse.env.example', 'utf8');
  const names = [...example.matchAll(/^#?\s?(GATEHOUSE_[A-Z_]+)=/gm)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(settingNames).toContain(name);
});

it('what a setting needs is a setting', () => {
  const needed = Object.values(settings).flatMap((setting) => ('needs' in setting ? [...setting.needs] : []));
  expect(needed.length).toBeGreaterThan(3);
  expect(settingNames).toEqual(expect.arrayContaining(needed));
});
