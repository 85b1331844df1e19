/**
 * `fax`: the calling tone of a fax machine (ITU-T T.30, CNG). `tty`: a text telephone (TIA-825-A, Baudot, 45.45 baud). `silence`:
 * a line that is there, and nobody who speaks.
 */
export type Tones = 'fax' | 'tty' | 'silence';

const sampleRate = 8000;
const amplitude = 8000;
const [cngHz, markHz, spaceHz] = [1100, 1400, 1800];
const bitMs = 1000 / 45.45;
/** ITA2, least significant bit first: letters, H, E, L, L, O, space, G, A. */
const hello = [31, 20, 1, 18, 18, 24, 4, 26, 3];

const heard: Readonly<Record<Tones, readonly (readonly [hz: number, ms: number])[]>> = {
  fax: [
    [cngHz, 500],
    [0, 3000],
  ],
  tty: [[markHz, 150], ...hello.flatMap(character), [markHz, 300], [0, 1500]],
  silence: [[0, 1000]],
};

/** 16-bit samples, 8000 a second; to be repeated. */
export function tones(kind: Tones): Int16Array {
  const parts = heard[kind];
  const samples: number[] = [];
  let phase = 0;
  let endsAt = 0;
  for (const [hz, ms] of parts) {
    endsAt += (ms * sampleRate) / 1000;
    for (; samples.length < endsAt; phase += (2 * Math.PI * hz) / sampleRate)
      samples.push(hz === 0 ? 0 : Math.round(amplitude * Math.sin(phase)));
  }
  return Int16Array.from(samples);
}

/** A start bit, five bits, one and a half stop bits. */
function character(code: number): (readonly [hz: number, ms: number])[] {
  const bits = Array.from({ length: 5 }, (_, bit) => (code >> bit) & 1);
  const sounds = bits.map((bit) => [bit === 1 ? markHz : spaceHz, bitMs] as const);
  return [[spaceHz, bitMs], ...sounds, [markHz, 1.5 * bitMs]];
}
