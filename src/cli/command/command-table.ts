import type { Command } from 'commander';

export interface CommandRow {
  readonly group: 'Calls' | 'What staff say' | 'Rules and lists' | 'This machine' | 'Access and privacy';
  /** One line for `gatehouse --help`. */
  readonly about: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Only the one that is asked for is loaded: all of them together take a second to start. */
  readonly load: () => Promise<Command>;
}

/** Every command, by its name and in the order of the help. */
export const commandTable: Readonly<Record<string, CommandRow>> = {
  report: {
    group: 'Calls',
    about: 'summarize calls by result, rule, called number and hour',
    examples: [
      ['report --since yesterday --until today', 'yesterday'],
      ['report --since last-week --until this-week --csv > week.csv', 'last week, for a spreadsheet'],
    ],
    load: async () => (await import('../report.ts')).reportCommand(),
  },
  calls: {
    group: 'Calls',
    about: 'list calls, the newest last',
    examples: [
      ["calls --since today --caller '(317) 555-0140'", 'calls of one number, in any format'],
      ['calls --since 7d --where bypassed', 'calls that were not screened'],
      ['calls --follow', 'new calls as they come'],
      ['calls --since today --json time,caller,where', 'some fields, for a program'],
    ],
    load: async () => (await import('../calls.ts')).callsCommand(),
  },
  call: {
    group: 'Calls',
    about: 'show one call in full',
    examples: [['call pbx1/1767225600.17', 'by its call id or SIP Call-ID']],
    load: async () => (await import('../call.ts')).callCommand(),
  },
  top: {
    group: 'Calls',
    about: 'list the callers, rules, exchanges or signers with most calls',
    examples: [
      ['top callers --since 7d', 'who calls most'],
      ['top exchanges --since yesterday', 'from where'],
    ],
    load: async () => (await import('../top.ts')).topCommand(),
  },
  campaigns: {
    group: 'Calls',
    about: 'list campaigns: calls that belong together',
    examples: [['campaigns', 'those of now, with the reason']],
    load: async () => (await import('../by-hand/campaigns.ts')).campaignsCommand(),
  },
  flag: {
    group: 'What staff say',
    about: 'flag a call as scam, sales or wanted',
    examples: [
      ["flag pbx1/1767225600.17 scam --reason 'asked for a PIN'", 'the rules may ask for it from then on'],
      ['flag pbx1/1767225600.17 scam --remove', 'it was none'],
    ],
    load: async () => (await import('../by-hand/flag.ts')).flagCommand(),
  },
  expect: {
    group: 'What staff say',
    about: 'announce a call, so that it is connected',
    examples: [
      ["expect '317 555 0140' --until 4h --reason 'new patient'", 'connect this caller for four hours'],
      ["expect '317 555 0140' --undo", 'what was expected before is expected again'],
    ],
    load: async () => (await import('../by-hand/expect.ts')).expectCommand(),
  },
  close: {
    group: 'What staff say',
    about: 'close calendars by hand, as on a snow day',
    examples: [['close --until 17:00 --reason snow', 'all calendars, until five today']],
    load: async () => (await import('../by-hand/close.ts')).closeCommand(),
  },
  open: {
    group: 'What staff say',
    about: 'open calendars again that were closed by hand',
    examples: [['open', 'all of them']],
    load: async () => (await import('../by-hand/close.ts')).openCommand(),
  },
  level: {
    group: 'What staff say',
    about: 'show attack levels, or set one by hand',
    examples: [['level attack --for 2h --reason drill', 'everything, for two hours']],
    load: async () => (await import('../by-hand/level.ts')).levelCommand(),
  },
  check: {
    group: 'Rules and lists',
    about: 'check the rule files and prove them',
    examples: [['check', 'the rules of GATEHOUSE_RULES']],
    load: async () => (await import('../check.ts')).checkCommand(),
  },
  test: {
    group: 'Rules and lists',
    about: 'run the cases of the rule files',
    examples: [['test --coverage', 'also which rules no case reaches']],
    load: async () => (await import('../test.ts')).testCommand(),
  },
  explain: {
    group: 'Rules and lists',
    about: 'explain the decision on a past or possible call',
    examples: [
      ['explain --call pbx1/1767225600.17', 'why a call was decided so'],
      ["explain --from '317 555 0140' --to '317 555 0100'", 'what would become of this one'],
    ],
    load: async () => (await import('../explain.ts')).explainCommand(),
  },
  diff: {
    group: 'Rules and lists',
    about: 'show by proof which calls fare otherwise after an edit of the rules',
    examples: [['diff HEAD~1 rules', 'what the edits since the last commit change']],
    load: async () => (await import('../diff/diff.ts')).diffCommand(),
  },
  backtest: {
    group: 'Rules and lists',
    about: 'decide recorded calls by other rules',
    examples: [['backtest --rules new-rules --since 30d', 'which results would change']],
    load: async () => (await import('../backtest.ts')).backtestCommand(),
  },
  lists: {
    group: 'Rules and lists',
    about: 'show the lists: sizes, ages, errors',
    examples: [["lists find '317 555 0140'", 'the lists that contain a number']],
    load: async () => (await import('../lists.ts')).listsCommand(),
  },
  reload: {
    group: 'Rules and lists',
    about: 'make the running Gatehouse read its rules again',
    examples: [['reload', 'broken rules leave the last good ones in force']],
    load: async () => (await import('../reload.ts')).reloadCommand(),
  },
  prompts: {
    group: 'Rules and lists',
    about: 'make the sound files of the prompts',
    examples: [['prompts --out /usr/share/asterisk/sounds/gatehouse', 'those that are missing or changed']],
    load: async () => (await import('../prompts.ts')).promptsCommand(),
  },
  schema: {
    group: 'Rules and lists',
    about: 'print the JSON Schema of policy.yaml',
    examples: [['schema > schema.json', 'for an editor']],
    load: async () => (await import('../schema.ts')).schemaCommand(),
  },
  status: {
    group: 'This machine',
    about: 'whether calls are screened; exit code 1 when they are not',
    examples: [['status', 'also while Gatehouse itself is away']],
    load: async () => (await import('../status.ts')).statusCommand(),
  },
  doctor: {
    group: 'This machine',
    about: 'check all that a call needs, with remedies',
    examples: [
      ['doctor', 'from this machine to the exits'],
      ['doctor --bundle', 'a masked file for support'],
    ],
    load: async () => (await import('../doctor.ts')).doctorCommand(),
  },
  serve: {
    group: 'This machine',
    about: 'screen the calls of one Asterisk',
    examples: [['serve', 'what gatehouse.service runs']],
    load: async () => (await import('../serve.ts')).serveCommand(),
  },
  init: {
    group: 'This machine',
    about: 'put Gatehouse in front of the Asterisk of this machine',
    examples: [['init --dry-run', 'what it would change']],
    load: async () => (await import('../site/init.ts')).initCommand(),
  },
  uninit: {
    group: 'This machine',
    about: 'put back what init changed',
    examples: [['uninit', 'byte for byte']],
    load: async () => (await import('../site/uninit.ts')).uninitCommand(),
  },
  completion: {
    group: 'This machine',
    about: 'complete the commands in bash, zsh or fish',
    examples: [
      ['completion bash > /etc/bash_completion.d/gatehouse', 'the Debian package has all three'],
      ['completion zsh > /usr/local/share/zsh/site-functions/_gatehouse', 'for zsh'],
      ['completion fish > /etc/fish/completions/gatehouse.fish', 'for fish'],
    ],
    load: async () => (await import('../completion/completion.ts')).completionCommand(),
  },
  token: {
    group: 'Access and privacy',
    about: 'manage access tokens for the report and its API',
    examples: [['token new --name ann --role analyst', 'a token, printed once']],
    load: async () => (await import('../token.ts')).tokenCommand(),
  },
  audit: {
    group: 'Access and privacy',
    about: 'who viewed full numbers, signed in, or changed something',
    examples: [['audit --since 7d --who ann', 'what one person did']],
    load: async () => (await import('../audit.ts')).auditCommand(),
  },
  forget: {
    group: 'Access and privacy',
    about: 'erase a person from everything that is stored',
    examples: [["forget '317 555 0140'", 'at once, and for good']],
    load: async () => (await import('../forget.ts')).forgetCommand(),
  },
};
