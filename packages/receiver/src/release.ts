import { readFileSync } from 'node:fs';

/** The release of this package, as its package.json says. */
export const ownRelease: string = readRelease();

function readRelease(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  return typeof found === 'string' ? found : 'unknown';
}
