import { bar } from './bar.ts';
import { harmless } from './harmless.ts';
import { percent } from './web/words.ts';

const barWidth = 30;

/** Values with the most calls as a table for a terminal; with bars where somebody looks at it. */
export function topText(
  kind: string,
  rows: readonly { readonly value: string; readonly calls: number }[],
  allCalls: number,
  bars: boolean,
): string {
  if (rows.length === 0) return `${kind}: none\n`;
  const names = rows.map(({ value }) => harmless(value));
  const width = Math.max(kind.length, ...names.map((name) => name.length));
  const most = Math.max(...rows.map(({ calls }) => calls));
  const lines = rows.map(({ calls }, at) => {
    const cells = [
      (names[at] ?? '').padEnd(width),
      String(calls).padStart(8),
      percent(calls, allCalls).padStart(7),
    ];
    return [...cells, ...(bars ? [bar(calls, most, barWidth)] : [])].join('  ').trimEnd();
  });
  return `${[`${kind.padEnd(width)}     calls    share`, ...lines].join('\n')}\n`;
}
