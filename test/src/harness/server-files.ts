import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTree, type Tree } from './tree.js';

/** What people and programs do to the files of one server. Paths begin with the folder: `static/site.css`. */
export class ServerFiles {
  constructor(
    readonly root: string,
    readonly user: number | undefined,
  ) {}

  at(path: string): string {
    return join(this.root, path);
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const file = this.at(path);
    const made = await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (this.user === undefined) return;
    const topmost = made ?? file;
    for (let at = file; at.length >= topmost.length; at = dirname(at)) await chown(at, this.user, this.user);
  }

  async read(path: string): Promise<string> {
    return readFile(this.at(path), 'utf8');
  }

  /** The content, or null where there is no such file. */
  async find(path: string): Promise<string | null> {
    return (await this.exists(path)) ? this.read(path) : null;
  }

  async exists(path: string): Promise<boolean> {
    return stat(this.at(path)).then(
      () => true,
      () => false,
    );
  }

  async remove(path: string): Promise<void> {
    await rm(this.at(path), { recursive: true });
  }

  async move(from: string, to: string): Promise<void> {
    await mkdir(dirname(this.at(to)), { recursive: true });
    await rename(this.at(from), this.at(to));
  }

  tree(): Promise<Tree> {
    return readTree(this.root);
  }
}
