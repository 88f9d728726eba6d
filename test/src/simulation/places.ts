/** Where everything lies on a simulated server. One file system. */
export const folders: readonly string[] = ['static'];
export const folder = 'static';
export const treeRoot = '/srv/static';
export const archiveRoot = '/state/archive';
export const stagingRoot = '/state/staging';

/** The path in the folder; null for one outside. */
export function pathInFolder(absolute: string): string | null {
  return absolute.startsWith(`${treeRoot}/`) ? absolute.slice(treeRoot.length + 1) : null;
}

/** The absolute path of one in the folder. */
export function inTree(path: string): string {
  return `${treeRoot}/${path}`;
}
