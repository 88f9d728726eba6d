import { join, relative } from 'node:path';
import type { Member } from './member.js';

/** What the terminal shows when the fleet is up: addresses, folders, and what to try. */
export function banner(members: readonly Member[], seeded: string | null): string {
  const width = Math.max(...members.map((member) => member.name.length)) + 2;
  const [first, second] = members;
  const fileAt = (member: Member | undefined, ...parts: string[]): string =>
    member === undefined ? '' : relative(process.cwd(), join(member.root, ...parts));
  const lines = [
    '',
    ...members.map(
      ({ name, url, root }) => `  ${name.padEnd(width)}${url}   files in ${relative(process.cwd(), root)}/`,
    ),
    '',
    `  Monitor: ${first?.url ?? ''}/sync-monitor`,
    ...(seeded === null ? [] : ['', `  Only ${seeded} was given the site; the others received it just now.`]),
    '',
    '  Open two of the pages side by side, then try:',
    `    echo hello > ${fileAt(first, 'instance', 'uploads', 'hello.txt')}`,
    `    sed -i 's/#2f6f5e/#7a3e9d/' ${fileAt(second, 'static', 'site.css')}`,
    `    rm ${fileAt(first, 'instance', 'uploads', 'hello.txt')}`,
    '    or upload a file on any page.',
    '',
    '  Ctrl-C stops all servers; npm run demo -- --fresh starts over.',
    '',
  ];
  return lines.join('\n');
}
