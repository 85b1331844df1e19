import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Policy } from '../policy/policy.ts';
import { formatProblem, hasErrors } from '../policy/problem.ts';
import { loadRules } from '../rules/read-rules.ts';
import type { KeptFile } from './manifest.ts';

/** The rules as they will be, tried on a copy. @throws an Error with each problem when they would be refused */
export async function triedRules(rules: string, changes: readonly KeptFile[]): Promise<Policy> {
  const copy = await mkdtemp(join(tmpdir(), 'gatehouse-init-'));
  try {
    await cp(rules, copy, { recursive: true, dereference: true });
    const policyFile = await realpath(join(rules, 'policy.yaml')).catch(() => null);
    for (const { path, after } of changes) {
      const inside = path === policyFile ? 'policy.yaml' : relative(rules, path);
      if (!inside.startsWith('..')) await writeFile(join(copy, inside), after, 'latin1');
    }
    const { policy, problems } = await loadRules(copy);
    if (policy !== null && !hasErrors(problems)) return policy;
    const errors = problems.filter(({ severity }) => severity === 'error');
    throw new Error(
      `the rules would be refused:\n${errors.map(formatProblem).join('\n').replaceAll(copy, rules)}`,
    );
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
