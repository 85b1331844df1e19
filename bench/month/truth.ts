import type { CallerFacts, CallFacts, Verification } from '../../src/call/facts.ts';

/**
 * Who really calls, which the product cannot see. `genuine`: has business with the hospital; `robot`: unwanted, no person on
 * the line; `human`: unwanted, people who press keys.
 */
export type Nature = 'genuine' | 'robot' | 'human';

export interface Group {
  readonly nature: Nature;
  /** Unwanted calls that one organization makes together: what a campaign should be. */
  readonly isOrganized: boolean;
  readonly about: string;
}

const genuine = (about: string): Group => ({ nature: 'genuine', isOrganized: false, about });
const robots = (about: string): Group => ({ nature: 'robot', isOrganized: true, about });

export const groups = {
  staff: genuine('Staff on their own mobiles, all on the list, a quarter of them from other states'),
  customers: genuine('Practices and suppliers on the list'),
  emergency: genuine('Dispatch and other hospitals on the list'),
  patients: genuine('Patients and their families, from all area codes'),
  elderly: genuine('Elderly patients, slow with keys'),
  newcomers: genuine('New residents with mobiles of other states, on no list yet'),
  offices: genuine('Practices, laboratories and suppliers on no list'),
  withheld: genuine('Police, shelters, physicians: number withheld'),
  overseas: genuine('Relatives abroad, through the gateways that call centers use too'),
  relay: genuine('Relay services: an assistant speaks for somebody who types'),
  tty: genuine('Text telephones'),
  fax: genuine('Fax machines'),
  pharmacy: genuine('Robots of pharmacies'),
  reminders: genuine('Robots of other clinics: appointment reminders'),
  schools: genuine('Robots of schools: one call to many of our people within minutes'),
  'calls-back': genuine('People whom our people dialed'),
  'clinic-opening': genuine('A new clinic opens: hundreds of new patients in one morning'),
  victims: genuine('People who were called with our forged number, and call back'),
  warranty: robots('Call center: silent robots that hang up 3 s into the prompt, one gateway'),
  medicare: robots('Call center: robots that play their message to the end, mostly unsigned'),
  solar: robots('Call center: local numbers, signed B by a small carrier, gone after 2 s'),
  'it-support': {
    nature: 'human',
    isOrganized: true,
    about: 'Call center: human agents who press 1, signed A',
  },
  loans: robots('Call center: robots that press 1 blindly, three carriers'),
  charity: robots('A fake charity'),
  'tax-office': robots('A fake tax office, which comes back two weeks later'),
  neighbor: robots('Neighbor spoofing: numbers next to ours, each used once'),
  'own-number': robots('Our own numbers forged toward us'),
  'attack-day': robots('1,400 calls in 40 minutes from one exchange'),
  'lone-robots': {
    nature: 'robot',
    isOrganized: false,
    about: 'Robots of many others, a few calls each',
  },
  'lone-sales': {
    nature: 'human',
    isOrganized: false,
    about: 'Salespeople of many others, a few calls each',
  },
} as const satisfies Record<string, Group>;
export type GroupId = keyof typeof groups;
export const groupIds = Object.keys(groups) as readonly GroupId[];

/** How often a person does what, of 1; what is left over hangs up while being asked. */
export interface Odds {
  readonly first: number;
  readonly second: number;
  readonly wrong: number;
  readonly silent: number;
}

/** What is at the other end, and how it takes a challenge. */
export type Manner =
  | {
      readonly kind: 'person';
      readonly press1: Odds;
      readonly twoDigits: Odds;
      /** Share of those who did not get through who call again within the hour. */
      readonly callsAgain: number;
      /** Share of those who hear that our number was forged who have nothing to ask any more; 0 when left out. */
      readonly leavesWhenTold?: number;
      /** Median of how long they talk to whoever answers, ms; 140,000 when left out. */
      readonly talkMs?: number;
    }
  /** Stays, and talks to whatever answers. */
  | { readonly kind: 'plays-message' }
  /** Hangs up so long after the answer, ms. */
  | { readonly kind: 'hangs-up'; readonly afterMs: number; readonly spreadMs: number }
  /** Presses this key so long after the answer, and after each prompt, whatever is asked. */
  | { readonly kind: 'presses'; readonly key: string; readonly afterMs: number }
  /** A tone that the dialplan hears while the caller is asked, in most calls. */
  | { readonly kind: 'tone'; readonly tone: 'tty' | 'fax'; readonly heard: number };

/** How the calls of one line are signed. Signer null: never. */
export interface Signing {
  readonly signer: string | null;
  readonly origid: string | null;
  readonly attestation: 'A' | 'B' | 'C' | null;
  /** Share of its calls whose signature arrives: legacy links on the way lose it. */
  readonly arrives: number;
}

export interface Caller {
  readonly caller: CallerFacts;
  readonly signing: Signing;
  readonly manner: Manner;
}

export interface PlannedCall {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly group: GroupId;
  /** Unique in the month: a person, a machine. */
  readonly who: string;
  readonly caller: CallerFacts;
  readonly called: CallFacts['called'];
  readonly verification: Verification;
  readonly manner: Manner;
  /** How often the same person tried for the same thing before. */
  readonly attempt: number;
}

/** Our people dialed this number. */
export interface PlannedDial {
  readonly at: number;
  readonly number: string;
}
