import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Guides whose commands are run; those of install.md and upgrading.md need root and have tests of their own. */
export const guides = ['recipes', 'reading-the-report', 'at-3-am', 'privacy', 'scaling', 'security'].map(
  (name) => `docs/${name}.md`,
);

/** What people read who use Gatehouse: no decisions, no changelog, which speak of the past. */
export const readByUsers = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

export interface Fence {
  readonly language: string;
  /** What stands behind the language: in recipes the file that it is. */
  readonly file: string;
  readonly body: string;
}

export function fencesOf(text: string): Fence[] {
  return [...text.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', file = '', body = '']) => ({
      language,
      file,
      body,
    }),
  );
}

/** The lines of all `sh` blocks, with their comments, which a shell passes over. */
export function shellLines(path: string): string[] {
  return fencesOf(readFileSync(path, 'utf8'))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ body }) => body.split('\n'))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

export interface Recipe {
  readonly title: string;
  /** By its path in the rule directory; `prompts.yaml` is what is added to the shipped one. */
  readonly files: Readonly<Record<string, string>>;
}

export function recipes(): Recipe[] {
  const [, ...sections] = readFileSync('docs/recipes.md', 'utf8').split(/^## (?=\d+\. )/m);
  return sections.map((section) => ({
    title: section.slice(0, section.indexOf('\n')),
    files: Object.fromEntries(
      fencesOf(section)
        .filter(({ file }) => file !== '')
        .map(({ file, body }) => [file, body]),
    ),
  }));
}
