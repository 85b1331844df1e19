import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ForgottenCaller } from '../../../src/privacy/forgotten.ts';
import { ChangeStore, eraseFromChanges, type KeptChange } from '../../../src/rules/changes/change-store.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';
import { tempDir } from '../../lists/list-fixture.ts';

const digest = (n: number) => n.toString(16).padStart(64, '0');
const file = {
  path: 'policy.yaml',
  change: 'changed',
  linesAdded: 1,
  linesRemoved: 0,
  isWhole: true,
} as const;

function change(n: number, more: Partial<KeptChange> = {}): KeptChange {
  return {
    id: `20260312T${String(100_000_000 + n)}Z-00ff`,
    ...{ at: n, ok: true, before: `v${n - 1}`, version: `v${n}`, causes: [{ by: 'files' }] },
    ...{ problemCount: 0, problems: [], texts: { 'policy.yaml': digest(n) } },
    found: {
      commit: null,
      files: [{ ...file, hunks: [{ from: 1, to: 1, lines: [`+# call ${n}`] }] }],
      calls: 'none',
      recorded: 'none',
    },
    ...more,
  };
}

test('the last 200 are kept over a restart, with the texts that they name', async () => {
  const dir = tempDir();
  const store = await ChangeStore.open(dir, new RecordingLog());
  mkdirSync(store.textsDir, { recursive: true });
  for (let n = 1; n <= 205; n++) {
    writeFileSync(join(store.textsDir, digest(n)), `# text ${n}`);
    await store.put(change(n));
  }
  expect(readdirSync(store.textsDir)).toHaveLength(200);
  const again = await ChangeStore.open(dir, new RecordingLog());
  expect(again.all().map(({ version }) => version)).toEqual(
    Array.from({ length: 200 }, (_, n) => `v${205 - n}`),
  );
  const { id } = change(205);
  expect(await again.find(id)).toMatchObject({ found: { files: [{ hunks: [{ lines: ['+# call 205'] }] }] } });
  for (const wrong of [change(1).id, '../../secret', 'x']) expect(await again.find(wrong)).toBeNull();
});

test('what was not found out before a restart is said; what cannot be read is left out', async () => {
  const dir = tempDir();
  const store = await ChangeStore.open(dir, new RecordingLog());
  const pending = { commit: null, files: 'pending', calls: 'pending', recorded: 'pending' } as const;
  await store.put(change(1, { found: pending }));
  writeFileSync(join(dir, `${change(2).id}.json`), '{"id":');
  const again = await ChangeStore.open(dir, new RecordingLog());
  expect(again.all()).toMatchObject([
    { version: 'v1', found: { files: { failed: expect.stringMatching(/restarted/) } } },
  ]);
});

test('a person is taken out of texts and changes, and these can still be read', async () => {
  const dir = tempDir();
  const store = await ChangeStore.open(dir, new RecordingLog());
  mkdirSync(store.textsDir, { recursive: true });
  writeFileSync(join(store.textsDir, digest(1)), "when: { caller: { number: '+1 317 555 0123' } }\n");
  const hunks = [{ from: 1, to: 1, lines: ["+ number: '(317) 555-0123'"] }];
  const found = { ...change(1).found, files: [{ ...file, hunks }] };
  await store.put(change(1, { found, at: 3_175_550_123 }));
  expect(await eraseFromChanges(dir, new ForgottenCaller('+13175550123', []))).toBe(2);
  expect(readFileSync(join(store.textsDir, digest(1)), 'utf8')).not.toMatch(/555 0123/);
  const again = await ChangeStore.open(dir, new RecordingLog());
  expect(await again.find(change(1).id)).toMatchObject({ at: 3_175_550_123, version: 'v1' });
  expect(JSON.stringify(await again.find(change(1).id))).not.toContain('555-0123');
});
