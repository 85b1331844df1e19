import { entryContext } from '../call/trunk.ts';
import {
  type Conf,
  type ConfFiles,
  type ConfSection,
  type ConfSetting,
  inherited,
  isYes,
  readConf,
  sectionsNamed,
} from './conf/conf-tree.ts';
import { ourLine } from './conf/ours.ts';

/** A PJSIP endpoint of a carrier. */
export interface Trunk {
  readonly name: string;
  /** Where its calls go, before Gatehouse. */
  readonly context: string;
  /** Where its context is said; null: in no file, as with a database. */
  readonly file: string | null;
  /** Index of the line with its context; null: it is inherited, and a line goes below `heading`. */
  readonly at: number | null;
  readonly heading: number;
  /** `context`, or `endpoint/context` of a wizard. */
  readonly key: string;
}

/** Carriers' endpoints of pjsip.conf and pjsip_wizard.conf: known by address, or we register or log in there. Phones log in here. */
export function trunksOf(pjsip: Conf, wizard: Conf): readonly Trunk[] {
  const typed = pjsip.sections
    .filter(({ marks }) => !marks.includes('!') && !marks.some((mark) => mark.startsWith('+')))
    .map((section) => {
      const added = addedTo(pjsip, section);
      return {
        section: { ...section, settings: [...section.settings, ...added] },
        settings: [...inherited(pjsip, section), ...added],
      };
    });
  const ofType = (type: string) => typed.filter(({ settings }) => last(settings, 'type') === type);
  const named = (type: string) => ofType(type).map(({ settings }) => last(settings, 'endpoint'));
  const carriers = new Set([...named('identify'), ...named('registration')]);
  const endpoints = ofType('endpoint').filter(
    ({ section, settings }) => carriers.has(section.name) || last(settings, 'outbound_auth') !== null,
  );
  const wizards = wizard.sections
    .filter(({ marks }) => !marks.includes('!'))
    .map((section) => ({ section, settings: inherited(wizard, section) }))
    .filter(({ settings }) => last(settings, 'type') === 'wizard' && isCarrier(settings));
  return [
    ...endpoints.map((one) => trunkOf(one.section, one.settings, 'context')),
    ...wizards.map((one) => trunkOf(one.section, one.settings, 'endpoint/context')),
  ];
}

/** An endpoint that somebody names as a trunk, whether or not it looks like one; null: it stands in no file. */
export function trunkNamed(files: ConfFiles, name: string): Trunk | null {
  const place = { file: '', at: 0 };
  const settings = [
    { name: 'type', value: 'identify', ...place },
    { name: 'endpoint', value: name, ...place },
  ];
  const pjsip = readConf(files, 'pjsip.conf');
  const sections = [...pjsip.sections, { name: '', marks: [], ...place, settings }];
  const all = trunksOf({ ...pjsip, sections }, readConf(files, 'pjsip_wizard.conf'));
  return all.find((one) => one.name === name) ?? null;
}

/** What `[name](+)` and `[name](+type=endpoint)` say further: the first section of the name, or of that type, takes it. */
function addedTo(conf: Conf, section: ConfSection): readonly ConfSetting[] {
  const named = sectionsNamed(conf, section.name);
  const own = named.filter(({ marks }) => !marks.some((mark) => mark.startsWith('+')));
  const type = last(inherited(conf, section), 'type');
  const isFirst = own[0] === section;
  const isFirstOfType = own.find((one) => last(inherited(conf, one), 'type') === type) === section;
  return named
    .filter(
      ({ marks }) => (isFirst && marks.includes('+')) || (isFirstOfType && marks.includes(`+type=${type}`)),
    )
    .flatMap(({ settings }) => settings);
}

function isCarrier(settings: readonly ConfSetting[]): boolean {
  const hosts = last(settings, 'remote_hosts') !== null;
  return (
    isYes(last(settings, 'sends_registrations')) || (hosts && !isYes(last(settings, 'accepts_registrations')))
  );
}

function trunkOf(section: ConfSection, settings: readonly ConfSetting[], key: string): Trunk {
  const own = section.settings.findLast(({ name }) => name === key) ?? null;
  return {
    ...{ name: section.name, key, heading: section.at },
    context: last(settings, key) ?? 'default',
    file: own?.file ?? section.file,
    at: own?.at ?? null,
  };
}

function last(settings: readonly ConfSetting[], wanted: string): string | null {
  return settings.findLast(({ name }) => name === wanted)?.value ?? null;
}

/** The text of a file whose trunks lead to Gatehouse. @param text without what is ours */
export function screened(text: string, trunks: readonly Trunk[]): string {
  const lines = text.split('\n').map((line) => [line]);
  for (const { key, at, heading } of trunks) {
    const line = `${key} = ${entryContext}`;
    if (at === null) lines[heading]?.push(ourLine(line, null));
    else lines[at] = [ourLine(line, lines[at]?.[0] ?? '')];
  }
  return lines.flat().join('\n');
}
