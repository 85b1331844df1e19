import { expect, it } from 'vitest';
import { compileFiles } from '../policy/policy-fixture.ts';
import { processorMs } from '../processor-time.ts';

function refusal(policy: string) {
  let found: ReturnType<typeof compileFiles> | undefined;
  const ms = processorMs(() => {
    found = compileFiles({ 'policy.yaml': policy, 'prompts.yaml': 'languages: [en]' });
  });
  expect(found?.policy).toBeNull();
  expect(ms).toBeLessThan(5000);
  return (found?.problems ?? []).filter(({ file }) => file === 'rules/policy.yaml').map(({ code }) => code);
}

it.each<[string, string, string]>([
  ['a file of many megabytes', `# ${'x'.repeat(3_000_000)}`, 'too-large'],
  ['brackets without end', '['.repeat(100_000), 'too-deep'],
  ['nesting that is closed again', `a: ${'['.repeat(500)}${']'.repeat(500)}`, 'too-deep'],
  ['a key said twice', 'settings: {}\nsettings: {}\n', 'duplicate-key'],
  ['a tag', 'settings: !!js/function "x"\n', 'yaml-syntax'],
  ['two documents', 'rules: []\n---\nrules: []\n', 'yaml-syntax'],
  ['an empty file', '', 'wrong-value'],
  ['a list instead of keys', '- rules', 'wrong-value'],
  ['binary', '\u0000\u0001\u0002', 'wrong-value'],
])('%s', (_what, text, code) => {
  expect(refusal(text)).toContain(code);
});

it('fifty thousand keys are told in a moment', () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}: 1\n`).join('');
  expect(refusal(keys)).toContain('unknown-key');
});
