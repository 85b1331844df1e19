import { readFile } from 'node:fs/promises';

/** Samples of a 16-bit mono PCM WAV file (RIFF), at whatever rate it has. */
export async function readWav(file: string): Promise<Int16Array> {
  const data = await readFile(file);
  let at = 12;
  while (at + 8 <= data.length) {
    const size = data.readUInt32LE(at + 4);
    if (data.toString('latin1', at, at + 4) === 'data') {
      const end = Math.min(at + 8 + size, data.length);
      return Int16Array.from({ length: (end - at - 8) >> 1 }, (_, index) =>
        data.readInt16LE(at + 8 + index * 2),
      );
    }
    at += 8 + size + (size & 1);
  }
  throw new Error(`${file} has no data chunk`);
}

export interface Match {
  /** Where in `heard` the wanted sound begins, in samples. */
  readonly at: number;
  /** Normalized cross-correlation, 0 to 1: 1 is the same sound, about 0 another one. */
  readonly likeness: number;
}

/**
 * Looks for `wanted` in `heard` by normalized cross-correlation: a coarse search on every 8th sample's envelope finds the
 * place, a fine one on the samples measures the likeness. `from` and `to` bound the start, in samples.
 */
export function findSound(heard: Int16Array, wanted: Int16Array, from = 0, to = heard.length): Match {
  const sound = trimSilence(wanted);
  const last = Math.min(to, heard.length - sound.length);
  let best: Match = { at: -1, likeness: 0 };
  const coarse: Match[] = [];
  const step = 4;
  for (let at = Math.max(0, from); at <= last; at += step) {
    const likeness = correlation(heard, sound, at, 4);
    if (likeness > 0.2) coarse.push({ at, likeness });
  }
  coarse.sort((a, b) => b.likeness - a.likeness);
  for (const candidate of coarse.slice(0, 12)) {
    for (let at = Math.max(0, candidate.at - step); at <= Math.min(last, candidate.at + step); at++) {
      const likeness = correlation(heard, sound, at, 1);
      if (likeness > best.likeness) best = { at, likeness };
    }
  }
  return best;
}

function correlation(heard: Int16Array, sound: Int16Array, at: number, stride: number): number {
  let product = 0;
  let energyHeard = 0;
  let energySound = 0;
  for (let i = 0; i < sound.length; i += stride) {
    const h = heard[at + i] ?? 0;
    const s = sound[i] ?? 0;
    product += h * s;
    energyHeard += h * h;
    energySound += s * s;
  }
  return energyHeard === 0 || energySound === 0 ? 0 : product / Math.sqrt(energyHeard * energySound);
}

/** Leading and trailing silence says nothing about which sound it is. */
function trimSilence(sound: Int16Array): Int16Array {
  const loud = (sample: number): boolean => Math.abs(sample) > 300;
  const first = sound.findIndex(loud);
  const last = sound.findLastIndex(loud);
  return first < 0 ? sound : sound.subarray(first, last + 1);
}
