export type ListFileErrorCode = 'missing-file' | 'unreadable' | 'too-large' | 'too-slow' | 'loader-failed';

/** A list file that could not be read at all. */
export class ListFileError extends Error {
  readonly code: ListFileErrorCode;
  readonly remedy: string;
  constructor(code: ListFileErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ListFileError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** @param error of node:fs */
export function fileError(error: unknown): ListFileError {
  if (error instanceof ListFileError) return error;
  const { code = 'error' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ListFileError('missing-file', 'the file is not there', 'put the file back', error);
  const remedy = 'check that it is a file and that this user may read it';
  return new ListFileError('unreadable', `the file cannot be read (${code})`, remedy, error);
}
