/** What a refusal of the file system means, by its code. */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'may not be read',
  EPERM: 'is not allowed',
  ELOOP: 'too many links: one leads back to itself',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk fails',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota on the disk is used up',
  ENXIO: 'nobody is at the other end',
};

const ofWriting: Readonly<Record<string, string>> = { ENOENT: 'its folder is not there', EACCES: 'may not be written', ETXTBSY: 'it is running' };

/** The system's reason, in words. */
export function reason(error: unknown, writing = false): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return (writing ? ofWriting[code] : undefined) ?? words[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Whether a call of the system has failed, and no program. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error && 'code' in error;

/** What failed and why, in one sentence. */
export function systemSentence(error: NodeJS.ErrnoException): string {
  if (error.syscall === 'uv_cwd') return 'the folder in which the command was started is gone';
  const { path } = error;
  return path === undefined ? reason(error) : `${path}: ${reason(error)}`;
}
