import { z } from 'zod';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import { rawText } from './asterisk.ts';

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64').toString('latin1'));

const file = z.object({
  path: z.string(),
  stage: z.enum(['files', 'trunk']),
  how: z.enum(['marked', 'whole']),
  /** Null: there was no file. */
  before: bytes.nullable(),
  after: bytes,
  /** Address of the Redis whose configuration it is. */
  redis: z.string().optional(),
  /** A program writes it anew from elsewhere: what is in it is nobody's edit. */
  copied: z.literal(true).optional(),
  /** The file of the program that it is a copy of: an upgrade copies it anew. */
  copyOf: z.string().optional(),
  ...{ mode: z.int(), uid: z.int(), gid: z.int() },
});

const shape = z.object({
  layout: z.literal(1),
  /** Trunks whose calls are screened, with the context of before. */
  trunks: z.array(z.object({ name: z.string(), context: z.string() })),
  /** In the order in which they were written. */
  files: z.array(file),
  /** Directories that init made, the outer ones first. */
  directories: z.array(z.string()),
});

/** What a file was before init, and what init made of it. Texts are bytes, a character each. */
export type KeptFile = z.infer<typeof file>;
/** What `gatehouse uninit` needs to put everything back. */
export type Manifest = z.infer<typeof shape>;

export const emptyManifest: Manifest = { layout: 1, trunks: [], files: [], directories: [] };

/** Null: init has changed nothing on this machine. @throws an Error when the file cannot be read */
export function readManifest(path: string): Manifest | null {
  const text = rawText(path);
  if (text === null) return null;
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'latin1').toString()));
  } catch (cause) {
    throw new Error(`${path} cannot be read; it has what uninit puts back, so it is left as it is`, {
      cause,
    });
  }
}

/** For root only: it holds passwords. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const files = manifest.files.map((one) => ({
    ...one,
    before: one.before === null ? null : base64(one.before),
    after: base64(one.after),
  }));
  await writeFileAtomically(path, `${JSON.stringify({ ...manifest, files }, null, 1)}\n`);
}

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}
