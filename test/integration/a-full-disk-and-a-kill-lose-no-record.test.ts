import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KeptCalls } from '../../src/outbox/kept-calls.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { SmallFileSystem } from '../fakes/small-file-system.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { FakeCallStore } from '../outbox/fake-call-store.ts';

const program = join(import.meta.dirname, '../outbox/full-disk-writer.ts');
const canMount = (() => {
  const probe = SmallFileSystem.mount(65_536);
  probe?.remove();
  return probe !== null;
})();
if (!canMount) process.stderr.write('Left out: this user may not mount a small file system to fill.\n');

function smallDisk(bytes: number): SmallFileSystem {
  const disk = SmallFileSystem.mount(bytes);
  if (disk === null) throw new Error('it could be mounted a moment ago');
  onTestFinished(() => disk.remove());
  return disk;
}

/** Starts the writer, fills the disk, lets it end `calls` calls, and kills it with -9. What it told of. */
async function killedOnFullDisk(
  disk: SmallFileSystem,
  { calls, spool = '', reserveBytes = 0 }: { calls: number; spool?: string; reserveBytes?: number },
) {
  const args = [program, join(disk.dir, 'outbox.sqlite'), spool, String(reserveBytes)];
  const writer = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const begun: string[] = [];
  const ended: string[] = [];
  const places = new Set<string>();
  const closed = once(writer, 'close');
  for await (const line of createInterface({ input: writer.stdout })) {
    const [what, id = '', place = ''] = line.split(' ');
    if (what === 'up') {
      disk.fill();
      writer.stdin.write('go\n');
    }
    if (what === 'begun') begun.push(id);
    if (what !== 'ended') continue;
    ended.push(id);
    places.add(place);
    if (ended.length === calls) writer.kill('SIGKILL');
  }
  await closed;
  return { begun, ended, places };
}

function opened(disk: SmallFileSystem, spool: string | null = null) {
  const log = new RecordingLog();
  const secondPlace = spool === null ? null : new KeptCalls(spool, log);
  const outbox = new Outbox({ path: join(disk.dir, 'outbox.sqlite'), log, secondPlace });
  onTestFinished(() => outbox.close());
  return { log, outbox };
}

const keptIn = (spool: string) => readdirSync(spool).filter((name) => name.startsWith('kept~'));
const outcomesIn = (outbox: Outbox) =>
  outbox.pending(1_000_000).flatMap(({ kind, callId }) => (kind === 'outcome' ? [callId] : []));

test.skipIf(!canMount)(
  'what the disk was made to keep free takes hundreds of calls when it is full, and a kill loses none',
  async () => {
    const disk = smallDisk(8 * 1024 * 1024);
    const { begun, ended, places } = await killedOnFullDisk(disk, { calls: 300, reserveBytes: 2_097_152 });
    expect([...places]).toEqual(['disk']);
    const { outbox } = opened(disk);
    const found = outcomesIn(outbox);
    expect(ended.filter((id) => !found.includes(id))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
    const known = new Set([...found, ...outbox.openCalls().map(({ callId }) => callId)]);
    // The begin of the last call may not have been written yet: it is still in Asterisk, and found there.
    expect(begun.filter((id) => !known.has(id)).length).toBeLessThanOrEqual(1);
  },
);

test.skipIf(!canMount)(
  'beyond that calls are kept in the spool: after a kill all are there, open ones too, and go to disk when there is space',
  async () => {
    const disk = smallDisk(12 * 1024 * 1024);
    const spool = temporaryFolder();
    const { begun, ended, places } = await killedOnFullDisk(disk, { calls: 200, spool });
    expect(places).toContain('memory');
    expect(keptIn(spool).length).toBeGreaterThan(100);

    const { log, outbox } = opened(disk, spool);
    const found = outcomesIn(outbox);
    expect(ended.filter((id) => !found.includes(id))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
    const known = new Set([...found, ...outbox.openCalls().map(({ callId }) => callId)]);
    // The begin of the last call may not have been written yet: it is still in Asterisk, and found there.
    expect(begun.filter((id) => !known.has(id)).length).toBeLessThanOrEqual(1);
    expect(outbox.state()).toMatchObject({ failing: { error: expect.stringMatching(/full/) } });
    expect(outbox.state().inSecondPlace).toBe(keptIn(spool).length);

    disk.free();
    await vi.waitFor(() => expect(keptIn(spool).length).toBe(0), 90_000);
    expect(outbox.state()).toEqual({ failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 });
    expect(outcomesIn(outbox).length).toBe(found.length);
    expect(log.messages('info')).toContain('Outbox file can be written again');
  },
);

test.skipIf(!canMount)(
  'full from the beginning: Redis is given everything, and nothing is left behind',
  async () => {
    const disk = smallDisk(65_536);
    disk.fill();
    const spool = temporaryFolder();
    const { ended } = await killedOnFullDisk(disk, { calls: 50, spool });
    const { log, outbox } = opened(disk, spool);
    const store = new FakeCallStore();
    const drain = new OutboxDrain({ outbox, store, log });
    onTestFinished(() => drain.close());
    drain.start();
    expect(await drain.flush(90_000)).toBe(0);
    const sent = store.written.flatMap((row) => (row.endsWith(' outcome') ? [row.split(' ')[0] ?? ''] : []));
    expect(ended.filter((id) => !sent.includes(id))).toEqual([]);
    expect(new Set(sent).size).toBe(sent.length);
    // A call that had begun only is still to be accounted for.
    expect(keptIn(spool).length).toBe(outbox.openCalls().length);
  },
);
