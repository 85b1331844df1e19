import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, of so many bytes, that can be full. */
export class SmallFileSystem {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Null where this user may not mount one. */
  static mount(bytes: number): SmallFileSystem | null {
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-small-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', dir], {
        stdio: 'ignore',
      });
      return new SmallFileSystem(dir);
    } catch {
      rmSync(dir, { recursive: true, force: true });
      return null;
    }
  }

  /** Takes every byte that is left. */
  fill(): void {
    const file = openSync(join(this.dir, 'ballast'), 'a');
    try {
      for (let size = 65_536; size >= 1; ) {
        try {
          writeSync(file, Buffer.alloc(size));
        } catch {
          size = Math.floor(size / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.dir, 'ballast'), { force: true });
  }

  remove(): void {
    execFileSync('umount', ['-l', this.dir], { stdio: 'ignore' });
    rmSync(this.dir, { recursive: true, force: true });
  }
}
