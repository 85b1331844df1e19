import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endRecorded, type RecordedProcess } from './child.ts';
import { soundPorts } from './port-ranges.ts';
import { startTicks } from './process-identity.ts';

/** What a running lab writes about itself into its directory. */
export interface LabRecord {
  readonly supervisor: RecordedProcess;
  readonly processes: readonly RecordedProcess[];
  /** `cli`: started by `npm run lab`; the only ones that `lab down` stops unasked. */
  readonly owner: 'cli' | 'program';
  readonly startedAt: number;
  /** What `lab up` printed; null while it is still starting. */
  readonly contract: Record<string, unknown> | null;
}

export interface Slot {
  readonly index: number;
  readonly dir: string;
  /** First RTP port of this slot's own range. */
  readonly rtpStart: number;
  readonly rtpEnd: number;
}

const { labs: slots, lowest: firstPort, perLab: portsPerSlot } = soundPorts;
const unrecordedMs = 60_000;

/** Not the TMPDIR of the environment: Asterisk's root mounts it at the same path. */
export const labBase = `/tmp/gatehouse-lab-${process.getuid?.() ?? 0}`;

/** Takes the first free slot, and waits for one when labs of others have them all. Slots of dead labs are cleaned up first. */
export async function takeSlot(waitMs = 90_000): Promise<Slot> {
  await mkdir(labBase, { recursive: true });
  for (const deadline = Date.now() + waitMs; ; await sleep(500)) {
    await cleanStaleLabs();
    const slot = await freeSlot();
    if (slot !== null) return slot;
    if (Date.now() >= deadline) break;
  }
  throw new Error(`all ${slots} lab slots below ${labBase} are taken; \`npm run lab -- down\` stops labs`);
}

async function freeSlot(): Promise<Slot | null> {
  for (let index = 0; index < slots; index++) {
    const dir = join(labBase, `lab-${index}`);
    try {
      await mkdir(dir);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    const started = startTicks(process.pid) ?? '';
    const supervisor = { name: 'supervisor', pid: process.pid, started };
    await writeRecord(dir, {
      supervisor,
      processes: [],
      owner: 'program',
      startedAt: Date.now(),
      contract: null,
    });
    const rtpStart = firstPort + index * portsPerSlot;
    return { index, dir, rtpStart, rtpEnd: rtpStart + portsPerSlot - 1 };
  }
  return null;
}

export async function writeRecord(dir: string, record: LabRecord): Promise<void> {
  // Renamed into place: a reader never sees half of it.
  await writeFile(join(dir, 'lab.json.new'), JSON.stringify(record, null, 2));
  await rename(join(dir, 'lab.json.new'), join(dir, 'lab.json'));
}

export async function readRecord(dir: string): Promise<LabRecord | null> {
  return readFile(join(dir, 'lab.json'), 'utf8').then(
    (text) => JSON.parse(text) as LabRecord,
    () => null,
  );
}

export interface RunningLab {
  readonly dir: string;
  readonly record: LabRecord;
}

/** Labs whose supervisor lives, oldest first. */
export async function runningLabs(): Promise<RunningLab[]> {
  const labs: RunningLab[] = [];
  for (const name of await readdir(labBase).catch(() => [])) {
    const dir = join(labBase, name);
    const record = await readRecord(dir);
    if (record !== null && alive(record)) labs.push({ dir, record });
  }
  return labs.sort((a, b) => a.record.startedAt - b.record.startedAt);
}

async function cleanStaleLabs(): Promise<void> {
  for (const name of await readdir(labBase)) {
    const dir = join(labBase, name);
    const record = await readRecord(dir);
    // Without a record it is being made just now, or what a process wrote after its lab was removed.
    if (record === null ? !(await isOld(dir)) : alive(record)) continue;
    await endRecorded(record?.processes ?? []);
    // Meanwhile another may have cleaned it up and taken the slot: its lab must not be removed in place of the dead one.
    if ((await readRecord(dir))?.startedAt !== record?.startedAt) continue;
    const aside = join(labBase, `.ended-${name}-${process.pid}`);
    await rename(dir, aside).catch(() => {});
    await rm(aside, { recursive: true, force: true });
  }
}

async function isOld(dir: string): Promise<boolean> {
  return stat(dir).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > unrecordedMs,
    () => false,
  );
}

function alive(record: LabRecord): boolean {
  return startTicks(record.supervisor.pid) === record.supervisor.started;
}
