import { closeSync, openSync, writeSync } from 'node:fs';

/** Numbers with an area code and an exchange from 200 to 999. */
const areas = Array.from({ length: 800 }, (_, at) => 200 + at).filter((area) => area % 100 !== 11);
const planSize = areas.length * 8_000_000;
/** No number comes twice within some hundred millions. */
const step = 777_777_777;

/** Number `i` of the list, ten digits, all over North America; each once for i below ten million. */
export function listedDigits(i: number): string {
  return nationalDigits((i * step) % planSize);
}

/** Ten digits of place `at` in the plan. */
export function nationalDigits(at: number): string {
  const area = areas[Math.floor(at / 8_000_000)];
  const exchange = 200 + (Math.floor(at / 10_000) % 800);
  return `${area}${exchange}${String(at % 10_000).padStart(4, '0')}`;
}

/** A number from anywhere in the plan. */
export function anyDigits(random: () => number): string {
  return nationalDigits(Math.floor(random() * planSize));
}

/** A csv as a CRM would write it: mostly E.164, some as people write, names for one row in fifty. */
export function writeListCsv(path: string, count: number): void {
  const file = openSync(path, 'w');
  try {
    let rows = 'number,name,expires,note\n';
    for (let i = 0; i < count; i++) {
      rows += `${writing(listedDigits(i), i)},${i % 50 === 0 ? `"Caller, ${i}"` : ''},,\n`;
      if (rows.length < 1_000_000) continue;
      writeSync(file, rows);
      rows = '';
    }
    writeSync(file, rows);
  } finally {
    closeSync(file);
  }
}

function writing(digits: string, i: number): string {
  if (i % 10 === 3) return `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`;
  if (i % 1000 === 7) return `tel:+1-${digits.slice(0, 3)}-${digits.slice(3)}`;
  return `+1${digits}`;
}
