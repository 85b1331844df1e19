import { expect, it } from 'vitest';
import { runGatehouse } from './run-gatehouse.ts';

it('explain answers by the rules as they stand, and names the case that fails', async () => {
  const rules = 'test/fixtures/broken-rules/case-fails';
  const { exitCode, stdout, stderr } = await runGatehouse(
    ['explain', '--from', '+18005550199', '--to', '+13175550100', '--rules', rules],
    { GATEHOUSE_DATA: '/nonexistent' },
  );
  expect(stdout).toContain('toll-free');
  expect(stderr).toContain('cases/callers.yaml:5:5');
  expect(exitCode).toBe(0);
});
