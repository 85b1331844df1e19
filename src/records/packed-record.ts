import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { baseDictionary } from './base-dictionary.ts';
import { flatJson, jsonOfFlat } from './flat-json.ts';

const withBase = 1;
const withLearnt = 2;
const idBytes = 6;
// No outcome is longer: what callers send is cut on the way in, and a rule's line in a trace has some 150 bytes.
const longestRecordBytes = 16_777_216;

/** Texts that many records share, learnt from them (learnt-dictionaries.ts). */
export interface Dictionary {
  /** Six bytes of its digest. */
  readonly id: Buffer;
  readonly content: Buffer;
}

/** The record cannot be read here. `dictionary`: what it was packed with is not there (any more). */
export class PackedRecordError extends Error {
  readonly code: 'dictionary' | 'format';
  constructor(code: 'dictionary' | 'format', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PackedRecordError';
    this.code = code;
  }
}

export function dictionaryOf(content: Buffer): Dictionary {
  return { id: createHash('sha256').update(content).digest().subarray(0, idBytes), content };
}

/**
 * One record as it is stored: a byte for the format, the dictionary's id if it has one, then its flat JSON by DEFLATE
 * (RFC 1951) with that dictionary. What comes back is what JSON.stringify writes, to the letter.
 */
export function packRecord(record: unknown, dictionary: Dictionary | null): Buffer {
  const text = flatJson(record);
  if (dictionary === null) {
    const packed = deflateRawSync(text, { dictionary: baseDictionary });
    return Buffer.concat([Buffer.from([withBase]), packed]);
  }
  const packed = deflateRawSync(text, { dictionary: dictionary.content });
  return Buffer.concat([Buffer.from([withLearnt]), dictionary.id, packed]);
}

/** Id of the dictionary that the record needs; null: none of the shard's. */
export function neededDictionary(record: Buffer): Buffer | null {
  return record[0] === withLearnt ? record.subarray(1, 1 + idBytes) : null;
}

/** The JSON. Throws PackedRecordError. `dictionary`: that of `neededDictionary`, null when it has none. */
export function unpackRecord(record: Buffer, dictionary: Dictionary | null): Buffer {
  const [format] = record;
  if (format !== withBase && format !== withLearnt)
    throw new PackedRecordError('format', `a record of format ${format ?? 'none'} is not readable here`);
  if (format === withLearnt && dictionary === null)
    throw new PackedRecordError('dictionary', 'the dictionary of a record is not there');
  const from = format === withBase ? 1 : 1 + idBytes;
  try {
    const flat = inflateRawSync(record.subarray(from), {
      dictionary: dictionary?.content ?? baseDictionary,
      maxOutputLength: longestRecordBytes,
    });
    return Buffer.from(jsonOfFlat(flat.toString()));
  } catch (error) {
    throw new PackedRecordError('format', 'a record cannot be unpacked', error);
  }
}

/** A dictionary as it is stored beside the records. */
export function packDictionary({ content }: Dictionary): Buffer {
  return deflateRawSync(content, { dictionary: baseDictionary, level: 9 });
}

/** Throws PackedRecordError when it is not that of `id`. */
export function unpackDictionary(id: Buffer, packed: Buffer): Dictionary {
  let content: Buffer;
  try {
    content = inflateRawSync(packed, { dictionary: baseDictionary, maxOutputLength: longestRecordBytes });
  } catch (error) {
    throw new PackedRecordError('dictionary', 'a dictionary cannot be unpacked', error);
  }
  const dictionary = dictionaryOf(content);
  if (!dictionary.id.equals(id))
    throw new PackedRecordError('dictionary', 'a dictionary is not what its id says');
  return dictionary;
}
