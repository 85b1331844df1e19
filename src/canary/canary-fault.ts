/** What a canary found that callers would find too. */
export interface CanaryFault {
  /** `exit operators`, `mailbox general`, `trunk carrier`, `prompts`, `entry`: the same for the same fault. */
  readonly where: string;
  readonly message: string;
  readonly remedy: string;
}
