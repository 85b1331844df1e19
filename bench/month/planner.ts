import { Calendar } from './calendar.ts';
import { Dice } from './dice.ts';
import { verificationOf } from './networks.ts';
import type { Caller, GroupId, PlannedCall, PlannedDial } from './truth.ts';

/** A number on a list of the site. */
export interface ListedRow {
  readonly number: string;
  readonly name: string;
}

export type ListName = 'staff' | 'customers' | 'emergency' | 'relay' | 'blocked';

/** Collects the calls of a month. */
export class Planner {
  readonly calendar: Calendar;
  readonly dice: Dice;
  readonly calls: PlannedCall[] = [];
  readonly dials: PlannedDial[] = [];
  readonly lists: Record<ListName, ListedRow[]> = {
    staff: [],
    customers: [],
    emergency: [],
    relay: [],
    blocked: [],
  };

  constructor(seed: number, now?: number) {
    this.calendar = new Calendar(now);
    this.dice = new Dice(`month ${seed}`);
  }

  /** @param called E.164 @param at epoch ms */
  add(group: GroupId, who: string, { caller, signing, manner }: Caller, called: string, at: number): void {
    const id = `${group}-${this.calls.length}`;
    const verification = verificationOf(signing, this.dice.of(id));
    const calledFacts = { number: called, raw: called };
    const call = { id, at: Math.round(at), group, who, caller, called: calledFacts, verification, manner };
    this.calls.push({ ...call, attempt: 0 });
  }

  list(name: ListName, { caller }: Caller, called: string): void {
    if (caller.number !== null) this.lists[name].push({ number: caller.number, name: called });
  }
}
