import { expect, it } from 'vitest';
import { runSteps } from '../../setup/steps.ts';

const node = (name: string, code: string) => ({ name, program: process.execPath, args: ['-e', code] });
const good = node('good', 'console.log("nothing to see")');

async function told(
  ...args: [Parameters<typeof runSteps>[0], number?]
): Promise<{ ok: boolean; text: string }> {
  const lines: string[] = [];
  const ok = await runSteps(args[0], (line) => lines.push(line), args[1]);
  return { ok, text: lines.join('\n') };
}

it('tells a line a step and keeps the output of good steps to itself', async () => {
  const { ok, text } = await told([good, node('fine', '')]);
  expect(ok).toBe(true);
  expect(text).toMatch(/^ok {4}good +\d+\.\d s$/m);
  expect(text).toMatch(/all well in \d+\.\d s$/);
  expect(text).not.toContain('nothing to see');
});

it('fails and shows what the failed step said, on both outputs', async () => {
  const { ok, text } = await told([
    good,
    node('bad', 'console.log("on out"); console.error("on err"); process.exit(3)'),
  ]);
  expect(ok).toBe(false);
  expect(text).toMatch(/^FAIL {2}bad/m);
  expect(text).toContain('on out');
  expect(text).toContain('on err');
  expect(text).toContain('1 of 2 failed');
});

it('fails when a program is not there', async () => {
  const { ok, text } = await told([{ name: 'gone', program: '/nowhere/tool', args: [] }]);
  expect(ok).toBe(false);
  expect(text).toContain('ENOENT');
});

it('ends a step that does not end', async () => {
  const { ok, text } = await told([node('stuck', 'setInterval(() => {}, 1000)')], 300);
  expect(ok).toBe(false);
  expect(text).toContain('SIGKILL');
});
