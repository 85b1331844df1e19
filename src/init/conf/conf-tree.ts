import { isAbsolute, join } from 'node:path';
import { confLines } from '../../text/conf-lines.ts';

/** The files of a configuration directory. */
export interface ConfFiles {
  readonly etc: string;
  /** Null: it is not there. */
  text(path: string): string | null;
  /** Paths that a pattern of an include stands for. */
  matching(pattern: string): readonly string[];
}

export interface ConfSetting {
  readonly name: string;
  readonly value: string;
  readonly file: string;
  /** Index of its line. */
  readonly at: number;
}

/** One heading and what follows it; the same name may come again. */
export interface ConfSection {
  readonly name: string;
  readonly marks: readonly string[];
  readonly file: string;
  /** Index of the line of its heading. */
  readonly at: number;
  readonly settings: readonly ConfSetting[];
}

/** A file with all that it includes, in Asterisk's order. */
export interface Conf {
  readonly sections: readonly ConfSection[];
  /** Every file that was read or wanted. */
  readonly files: ReadonlySet<string>;
}

const deepest = 10;

/** @param name relative to Asterisk's configuration directory. A missing file is empty. */
export function readConf(files: ConfFiles, name: string): Conf {
  const sections: (Omit<ConfSection, 'settings'> & { settings: ConfSetting[] })[] = [];
  const seen = new Set<string>();
  const read = (file: string, depth: number): void => {
    seen.add(file);
    for (const [at, line] of confLines(files.text(file) ?? '').entries()) {
      if (line.kind === 'section')
        sections.push({ name: line.name, marks: line.marks, file, at, settings: [] });
      if (line.kind === 'setting')
        sections.at(-1)?.settings.push({ name: line.name, value: line.value, file, at });
      if (line.kind === 'include' && depth < deepest) {
        const path = isAbsolute(line.path) ? line.path : join(files.etc, line.path);
        const found = files.matching(path);
        if (found.length === 0) seen.add(path);
        for (const one of found) read(one, depth + 1);
      }
    }
  };
  read(join(files.etc, name), 0);
  return { sections, files: seen };
}

/** Asterisk does not tell `[General]` from `[general]`. */
export function sectionsNamed({ sections }: Conf, name: string): readonly ConfSection[] {
  return sections.filter((section) => isSame(section.name, name));
}

/** The last value that any section of the name gives; null: not set. */
export function valueIn(conf: Conf, section: string, name: string): string | null {
  const all = sectionsNamed(conf, section).flatMap(({ settings }) => settings);
  return all.findLast((setting) => isSame(setting.name, name))?.value ?? null;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** `[name](+)` where a section of the name stands before, else `[name]`: a second one without `(+)` breaks the file. */
export function heading(conf: Conf, name: string): string {
  return sectionsNamed(conf, name).length > 0 ? `[${name}](+)` : `[${name}]`;
}

export function isYes(value: string | null): boolean {
  return value !== null && /^(yes|true|y|t|1|on)$/i.test(value);
}

/** Settings of a section with those of its templates before its own. */
export function inherited(conf: Conf, section: ConfSection, depth = 0): readonly ConfSetting[] {
  if (depth > deepest) return section.settings;
  const from = section.marks
    .filter((mark) => mark !== '+' && mark !== '!')
    .flatMap((mark) => sectionsNamed(conf, mark).flatMap((one) => inherited(conf, one, depth + 1)));
  return [...from, ...section.settings];
}
