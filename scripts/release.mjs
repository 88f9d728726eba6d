// `node scripts/release.mjs`: shows what a release would publish, and why it could not. Publishes nothing.
// `node scripts/release.mjs --publish`: publishes, in continuous integration only, with provenance: npm then shows from which commit and
// by which workflow each package was built (npm needs `id-token: write` there).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** In the order in which they need each other. */
const packages = ['core', 'receiver', 'sender', 'monitor', 'lockstep'];
const publish = process.argv.includes('--publish');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--publish');
if (unknown.length > 0) fail(`Unknown: ${unknown.join(' ')}. The only argument is --publish.`);

const problems = [
  ...checkVersions(),
  ...(read('git', ['status', '--porcelain']) === '' ? [] : ['there are changes that are not committed']),
  ...(publish && process.env.CI === undefined
    ? ['provenance needs continuous integration (CI is not set)']
    : []),
];
run('npm', ['run', '--silent', 'build']);
checkAudit();
for (const name of packages) show(name);

if (problems.length > 0) {
  for (const problem of problems) console.error(`Not ready: ${problem}.`);
  if (publish) process.exit(1);
} else if (publish) {
  for (const name of packages)
    run('npm', ['publish', '--provenance', '--access', 'public', '-w', manifestOf(name).name]);
} else {
  console.log('Nothing was published. Add --publish, in continuous integration, to do so.');
}

/** Every package has the same version, and needs the others in exactly that one. */
function checkVersions() {
  const { version } = manifestOf('lockstep');
  return packages.flatMap((name) => {
    const manifest = manifestOf(name);
    const own =
      manifest.version === version ? [] : [`${manifest.name} is ${manifest.version}, not ${version}`];
    const wrong = Object.entries(manifest.dependencies ?? {})
      .filter(([dependency]) => packages.some((each) => manifestOf(each).name === dependency))
      .filter(([, wanted]) => wanted !== version)
      .map(([dependency, wanted]) => `${manifest.name} needs ${dependency} ${wanted}, not ${version}`);
    return [...own, ...wrong];
  });
}

/** Known weaknesses of what is installed at run time. A registry that does not answer is no proof, and is said. */
function checkAudit() {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: root, encoding: 'utf8' });
  const total = parse(stdout)?.metadata?.vulnerabilities?.total;
  if (total === undefined) problems.push('the registry did not answer `npm audit`');
  else if (total > 0) problems.push(`\`npm audit\` knows ${total} weaknesses`);
  else console.log('npm audit: nothing known.');
}

function show(name) {
  const { name: packed } = manifestOf(name);
  const [tarball] = parse(read('npm', ['pack', '--dry-run', '--json', '-w', packed])) ?? [];
  if (tarball === undefined) return problems.push(`${packed} cannot be packed`);
  console.log(`${tarball.id}: ${tarball.files.length} files, ${Math.round(tarball.size / 1024)} KiB packed`);
}

function manifestOf(name) {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8' }).stdout.trim();
}

function run(command, args) {
  if (spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status !== 0)
    fail(`${command} ${args.join(' ')} failed.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
