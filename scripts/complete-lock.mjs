// Completes package-lock.json with the platform packages that the registry in use did not offer.
//
// `npm install` leaves an optional platform package out of the lock when the registry (a mirror, say) lacks it, and
// `npm ci` of npm 11 then refuses that lock: "Missing: @biomejs/cli-darwin-arm64 from lock file" (npm/cli #9846).
// Each parent already names the exact version, so the entry can be written without asking anybody; npm fetches only
// the entries of its own platform. Run it after adding a tool with platform packages: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const systems = new Set('aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' '));
const processors = new Set('arm64 arm x64 ia32 ppc64 riscv64 s390x loong64 mips64el wasm32'.split(' '));

for (const file of process.argv.length > 2 ? process.argv.slice(2) : ['package-lock.json']) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = missingPlatformPackages(lock.packages);
  const packages = Object.entries({ ...lock.packages, ...added }).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  process.stdout.write(`${file}: ${Object.keys(added).length} platform packages added\n`);
}

function missingPlatformPackages(packages) {
  const added = {};
  for (const [place, parent] of Object.entries(packages)) {
    if (place === '') continue;
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (`${place}/node_modules/${name}` in packages || `node_modules/${name}` in packages) continue;
      const words = name.split(/[/-]/);
      const cpu = words.find((word) => processors.has(word));
      const os = words.find((word) => systems.has(word));
      const isExact = /^\d/.test(version);
      if (cpu === undefined || !isExact) continue;
      added[`node_modules/${name}`] = {
        version,
        cpu: [cpu],
        ...(parent.dev && { dev: true }),
        optional: true,
        ...(os && { os: [os] }),
        ...(os === 'linux' && { libc: [name.includes('musl') ? 'musl' : 'glibc'] }),
      };
    }
  }
  return added;
}
