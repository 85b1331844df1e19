import { maxRecordBytes } from './file-pieces.ts';
import { FileFault, type FileRow, type ListFormat } from './list-format.ts';
import { linesOf } from './text.ts';

interface Property {
  readonly line: number;
  readonly name: string;
  readonly parameters: string;
  readonly value: string;
}

/** Address books: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350). Each TEL of a card is a row with the card's name. */
export const vcard: ListFormat = {
  endings: ['.vcf'],
  *rows(file, { skip }) {
    let name = '';
    let numbers: FileRow[] = [];
    let openedAt: number | null = null;
    let last = 1;
    for (const property of properties(file)) {
      last = property.line;
      if (property.name === 'BEGIN') openedAt = property.line;
      else if (openedAt === null)
        throw new FileFault(
          property.line,
          'not a vCard',
          'export the contacts as vCard (.vcf)',
          'vcard-syntax',
        );
      else if (property.name === 'FN' || (property.name === 'N' && name === '')) name = nameOf(property);
      else if (property.name === 'TEL' && textOf(property) !== '')
        numbers.push({ line: property.line, number: textOf(property) });
      else if (property.name === 'END') {
        if (numbers.length === 0)
          skip(
            openedAt,
            `the card of ${JSON.stringify(name.slice(0, 60))} has no TEL`,
            'give it a number, or leave it out',
          );
        for (const row of numbers) yield { ...row, name };
        [name, numbers, openedAt] = ['', [], null];
      }
    }
    if (openedAt !== null)
      throw new FileFault(
        last,
        'the last card has no END:VCARD',
        'export the contacts again',
        'vcard-syntax',
      );
  },
};

/** With the lines that a long one was folded into, and those of quoted-printable. What is longer than a record is a picture. */
function* properties(file: Iterable<Uint8Array>): Generator<Property> {
  let line = 0;
  let text = '';
  let begun = 1;
  let isQuoted = false;
  let goesOn = false;
  for (const raw of linesOf(file)) {
    line++;
    const written = raw.replace(/\r$/, '');
    if (goesOn) text = longer(text.replace(/=$/, ''), written);
    else if (/^[ \t]/.test(written)) text = longer(text, written.slice(1));
    else {
      yield* propertyOf(text, begun);
      [text, begun] = [written, line];
      isQuoted = /;ENCODING=QUOTED-PRINTABLE[;:]/i.test(written);
    }
    goesOn = isQuoted && written.endsWith('=');
  }
  yield* propertyOf(text, begun);
}

function longer(text: string, more: string): string {
  return text.length < maxRecordBytes ? text + more : text;
}

function* propertyOf(text: string, line: number): Generator<Property> {
  if (text.trim() === '') return;
  const [, name = '', parameters = '', value = ''] =
    /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/s.exec(text) ?? [];
  yield { line, name: name.toUpperCase(), parameters, value: value.trim() };
}

/** Without the escapes of quoted-printable (vCard 2.1). */
function textOf({ parameters, value }: Property): string {
  if (!/QUOTED-PRINTABLE/i.test(parameters)) return value;
  const bytes = value.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const [, charset = 'utf-8'] = /;CHARSET="?([\w-]+)/i.exec(parameters) ?? [];
  // The file may have been turned into UTF-8 already.
  const isWide = /[^\0-\xff]/.test(bytes);
  return isWide ? bytes : decoded(Buffer.from(bytes, 'latin1'), charset);
}

/** Old phones write Windows-1252 without saying so. */
function decoded(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function nameOf(property: Property): string {
  const plain = textOf(property);
  const parts =
    property.name === 'N'
      ? plain
          .split(/(?<!\\);/)
          .slice(0, 2)
          .reverse()
          .join(' ')
      : plain;
  return parts.replace(/\\n/gi, ' ').replace(/\\(.)/g, '$1').trim();
}
