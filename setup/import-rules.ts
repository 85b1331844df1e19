/** Which imports src allows; the check fails on any other. Folders are named from src on, and lists divided by spaces. */
export interface ImportRules {
  /**
   * Folder → the folders that it may import, beside itself. Rooms within a folder count as the folder. A room or file that
   * has a row of its own is no longer part of what is around it: it is named where it may be imported. `.` is the files
   * directly in src.
   */
  readonly folders: Readonly<Record<string, string>>;
  /** Package → the only folders that may import it. */
  readonly packagesOnlyIn: Readonly<Record<string, string>>;
  /** Pure folder → all that it may import from outside of src: no other package, and of Node only what is named. */
  readonly pure: Readonly<Record<string, string>>;
  /** `file → file` that the rows forbid and that is allowed all the same, and why. */
  readonly exceptions: Readonly<Record<string, string>>;
}

const base = 'call numbers privacy text log process';
const parts = `${base} ari backtest call-store campaigns canary certificates config doctor exits history init levels lists notices outbox policy prompts redis report report/access report/api report/web rules screening site-events spool terminal watch`;

export const importRules: ImportRules = {
  folders: {
    text: '',
    call: 'text',
    numbers: 'call text',
    privacy: 'call numbers text',
    log: 'privacy text',
    process: 'log',
    config: 'text log process notices',
    // Readers of list formats are pure; policy takes the formats' names from their registry.
    'lists/readers': 'numbers text',
    policy: 'call numbers text lists/readers',
    lists: `lists/readers policy ${base}`,
    prompts: `policy ${base}`,
    rules: `policy lists lists/readers ${base}`,
    backtest: `policy lists rules ${base}`,
    screening: base,
    levels: base,
    campaigns: base,
    // What happened to the site.
    'site-events': `campaigns levels ${base}`,
    redis: base,
    exits: `policy ${base}`,
    canary: `exits policy screening ${base}`,
    // These implement the ports of screening, and do not know each other.
    ari: `canary exits screening ${base}`,
    certificates: `screening ${base}`,
    outbox: `screening ${base}`,
    spool: `screening ${base}`,
    notices: `campaigns levels screening ${base}`,
    // Both keep what they have in Redis.
    history: `campaigns levels redis screening site-events ${base}`,
    'call-store': `redis history ${base}`,
    report: `campaigns levels report/access report/api report/web policy screening site-events ${base}`,
    'report/access': `report policy screening ${base}`,
    'report/api': `campaigns levels report report/access policy screening ${base}`,
    'report/web': `campaigns levels report report/access report/api report/web/charts report/web/pages policy screening site-events ${base}`,
    'report/web/charts': `report report/web ${base}`,
    'report/web/pages': `campaigns levels report report/web report/web/charts policy screening site-events ${base}`,
    terminal: `campaigns levels policy lists backtest doctor ${base}`,
    // It looks at the running parts from outside.
    doctor: `ari canary config exits lists policy prompts redis report/access report/api rules spool ${base}`,
    // The same, each minute.
    watch: `config doctor levels notices report/api spool terminal ${base}`,
    // It changes the files of a site from outside.
    init: `ari doctor exits policy redis rules ${base}`,
    // These put the parts together.
    app: parts,
    cli: `app app.ts main.ts ${parts}`,
    'app.ts': `app ${parts}`,
    'main.ts': 'app app.ts config process log report/api',
  },
  packagesOnlyIn: { 'ari-client': 'ari', asn1js: 'certificates', diff: 'app init' },
  pure: {
    text: 'luxon',
    call: 'node:crypto zod',
    numbers: 'libphonenumber-js',
    'lists/readers': 'csv-parse',
    policy: 'node:crypto libphonenumber-js luxon re2js yaml zod',
    levels: 'zod',
    campaigns: 'node:crypto zod',
    'site-events': 'zod',
  },
  exceptions: {
    'backtest/call-source.ts → call-store/outcome-lines.ts': 'a backtest reads the lines as they are stored',
    'process/version.ts → ../package.json': 'the version is written there',
  },
};
