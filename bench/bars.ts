export interface Bar {
  readonly label: string;
  readonly value: number;
  /** As people read it. */
  readonly shown: string;
}

const cells = 36;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A picture of figures that belong together, the longest bar the greatest; `log` when they lie decades apart. */
export function bars(title: string, all: readonly Bar[], scale: 'linear' | 'log' = 'linear'): string {
  const least = Math.min(...all.map(({ value }) => value));
  const most = Math.max(...all.map(({ value }) => value));
  const share = (value: number) =>
    scale === 'linear' ? value / most : (Math.log10(value / least) + 1) / (Math.log10(most / least) + 1);
  const labels = Math.max(...all.map(({ label }) => label.length));
  const figures = Math.max(...all.map(({ shown }) => shown.length));
  const line = ({ label, value, shown }: Bar) =>
    `  ${label.padEnd(labels)}  ${shown.padStart(figures)}  ${bar(value > 0 ? share(value) : 0)}`;
  return [`${title}${scale === 'log' ? ' (bars are logarithmic)' : ''}`, ...all.map(line)].join('\n');
}

function bar(share: number): string {
  const parts = Math.round(Math.min(share, 1) * cells * 8);
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}
