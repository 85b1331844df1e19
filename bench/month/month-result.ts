import type { MonthFigures } from './figures.ts';
import type { LabDay } from './lab-day.ts';
import type { Signal } from './watch.ts';

export const goals = { reached: 0.05, recall: 0.8, genuineInCampaign: 0.005 };

/** All that docs/effectiveness.md shows. */
export interface MonthResult {
  readonly bench: 'month';
  readonly date: string;
  readonly months: readonly MonthFigures[];
  readonly switchedOff: readonly { readonly signal: Signal; readonly months: readonly MonthFigures[] }[];
  readonly lab: LabDay | null;
}

export const signalNames: Readonly<Record<Signal, string>> = {
  verification: 'signatures',
  history: 'caller history',
  campaigns: 'campaigns',
  levels: 'attack levels',
  'claimed-names': 'claimed names',
  decoys: 'decoys',
};
