import { expect, test } from 'vitest';
import { type ConfFiles, readConf } from '../../src/init/conf/conf-tree.ts';
import { withoutOurs } from '../../src/init/conf/ours.ts';
import { screened, trunksOf } from '../../src/init/trunks.ts';

function found(pjsip: string, wizard = '') {
  const texts: Record<string, string> = { '/e/pjsip.conf': pjsip, '/e/pjsip_wizard.conf': wizard };
  const files: ConfFiles = { etc: '/e', text: (path) => texts[path] ?? null, matching: () => [] };
  return trunksOf(readConf(files, 'pjsip.conf'), readConf(files, 'pjsip_wizard.conf'));
}

test.each([
  ['known by address', '[t]\ntype=endpoint\ncontext=in\n[x]\ntype=identify\nendpoint=t\n'],
  ['where we register', '[t]\ntype=endpoint\ncontext=in\n[x]\ntype=registration\nendpoint=t\nline=yes\n'],
  ['where we log in', '[t]\ntype=endpoint\ncontext=in\noutbound_auth=a\n'],
  ['by templates', '[base](!)\ntype=endpoint\ncontext=in\n[t](base)\noutbound_auth=a\n'],
])('a carrier %s', (_, text) => {
  const trunks = found(text);
  expect(trunks).toMatchObject([{ name: 't', context: 'in' }]);
  const changed = screened(text, trunks);
  expect(found(changed)).toMatchObject([{ name: 't', context: 'gatehouse-in' }]);
  expect(withoutOurs(changed).text).toBe(text);
});

test('of a wizard', () => {
  const text =
    '[t]\ntype = wizard\nsends_registrations = yes\nremote_hosts = c.example.org\nendpoint/context = in\n';
  const trunks = found('', text);
  expect(trunks).toMatchObject([{ name: 't', context: 'in', key: 'endpoint/context' }]);
  expect(screened(text, trunks)).toContain('endpoint/context = gatehouse-in ;');
});

test('phones are no trunks', () => {
  const phone = '[100]\ntype=endpoint\ncontext=inside\nauth=100\n[100]\ntype=auth\n[100]\ntype=aor\n';
  expect(found(phone, '[101]\ntype=wizard\naccepts_registrations=yes\nremote_hosts=192.0.2.1\n')).toEqual([]);
});

test('two trunks in one file are both changed, each with its own line before', () => {
  const text = '[a]\ntype=endpoint\ncontext=in\noutbound_auth=x\n[b]\ntype=endpoint\noutbound_auth=x\n';
  const trunks = found(text);
  expect(trunks.map(({ context }) => context)).toEqual(['in', 'default']);
  const changed = screened(text, trunks);
  expect(changed.match(/gatehouse-in/g)).toHaveLength(2);
  expect(withoutOurs(changed).text).toBe(text);
});
