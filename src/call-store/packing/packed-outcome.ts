import { readFileSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { flatJson, jsonOfFlat } from './flat-json.ts';

/**
 * What each format is packed with, by its number. Entries in Redis can only be read with the dictionary they were packed with: none
 * of these files is ever changed or taken away, and a better one is a new number. `npm run bench -- entry-dictionary` makes them.
 */
const dictionaries: ReadonlyMap<number, Buffer> = new Map([
  [1, readFileSync(new URL('./entries-1.zstd-dictionary', import.meta.url))],
  [2, readFileSync(new URL('./entries-2.zstd-dictionary', import.meta.url))],
]);
/** What entries are written in. A program reads this and all before. */
export const entryFormat = 2;

const params = {
  [constants.ZSTD_c_compressionLevel]: 9,
  // A record has some 200 bytes packed: what a frame says of itself would be a tenth of it.
  [constants.ZSTD_c_contentSizeFlag]: 0,
  [constants.ZSTD_c_checksumFlag]: 0,
  [constants.ZSTD_c_dictIDFlag]: 0,
};
// No outcome is longer: what callers send is cut on the way in, and a rule's line in a trace has some 150 bytes.
const longestBytes = 16_777_216;

/**
 * A byte for the format, then the flat JSON by Zstandard (RFC 8878) with that format's dictionary. `beside`: what stands
 * beside it in plain text, which need not be written again; the dictionary ends with it.
 */
export function packed(value: unknown, beside: Buffer): Buffer {
  const dictionary = Buffer.concat([dictionaries.get(entryFormat) as Buffer, beside]);
  const text = flatJson(JSON.parse(JSON.stringify(value)));
  return Buffer.concat([Buffer.from([entryFormat]), zstdCompressSync(text, { params, dictionary })]);
}

/** The JSON, as JSON.stringify writes it; null when it cannot be read here. */
export function unpacked(bytes: Buffer, beside: Buffer): Buffer | null {
  const own = dictionaries.get(bytes[0] ?? 0);
  if (own === undefined) return null;
  const dictionary = Buffer.concat([own, beside]);
  try {
    const flat = zstdDecompressSync(bytes.subarray(1), { dictionary, maxOutputLength: longestBytes });
    return Buffer.from(jsonOfFlat(flat.toString()));
  } catch {
    return null;
  }
}
