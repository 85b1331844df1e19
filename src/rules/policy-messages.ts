import type { Region } from '../numbers/phone-number.ts';
import type { CaseResult } from '../policy/cases/run-cases.ts';
import type { DeclaredList } from '../policy/compile/declared-lists.ts';
import type { PackedPolicy } from '../policy/compile/packed-policy.ts';
import type { Problem } from '../policy/problem.ts';

/** A list as it goes to the process. */
export interface SentList {
  readonly id: string;
  /** Its bytes, or the folder that has its image; null: there is no such file. */
  readonly image: Uint8Array | { readonly dir: string } | null;
  readonly digest: string;
  readonly problems: readonly Problem[];
}

export type ToProcess =
  | {
      readonly kind: 'load';
      readonly dir: string;
      /** It was accepted before: a case that fails because of today's date does not refuse it. */
      readonly wasAccepted: boolean;
      /** It is only proven: no policy is sent back, and none is written by the next `keep`. */
      readonly onlyProven: boolean;
    }
  | { readonly kind: 'lists'; readonly lists: readonly SentList[] }
  /** To write what was loaded last, not only proven. */
  | { readonly kind: 'keep'; readonly root: string; readonly version: string; readonly feeds: string | null }
  | { readonly kind: 'look'; readonly folder: string };

export type FromProcess =
  | { readonly kind: 'failed'; readonly message: string }
  | {
      /** The files were read; the process waits for these lists. */
      readonly kind: 'declared';
      readonly lists: readonly DeclaredList[];
      readonly region: Region | null;
      readonly from: string;
    }
  | {
      readonly kind: 'done';
      /** Null: refused. The lines of a policy came before, see `lines`. */
      readonly ends: PackedPolicy['ends'] | null;
      /** The first of them. */
      readonly problems: readonly Problem[];
      readonly cases: readonly CaseResult[] | undefined;
      /** Memory of the process. */
      readonly heapMb: number;
    }
  /** A piece of the policy: no message is so long that it holds up a call. */
  | { readonly kind: 'lines'; readonly piece: Uint8Array }
  | { readonly kind: 'kept' }
  /** Null: every file of the folder is as it was written. */
  | { readonly kind: 'looked'; readonly fault: string | null };
