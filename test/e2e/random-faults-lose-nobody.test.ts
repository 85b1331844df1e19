import { expect, it } from 'vitest';
import { runChaos } from '../../lab/chaos/run.ts';

const lines: string[] = [];

it('120 callers of every kind under random faults: nobody is lost, and every record is true', async () => {
  const { result, complaints } = await runChaos({ calls: 120, rate: 2.5, seed: 12 }, (line) =>
    lines.push(line),
  ).catch((error: unknown) => {
    throw new Error(lines.join('\n'), { cause: error });
  });
  expect(complaints, lines.join('\n')).toEqual([]);
  expect(result).toMatchObject({ calls: 120, lost: 0, missing: 0, doubled: 0, contradicted: 0 });
  expect(result.screened).toBeGreaterThan(0);
}, 500_000);
