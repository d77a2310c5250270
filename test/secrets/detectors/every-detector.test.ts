import { describe, expect, it } from 'vitest';
import type { Detector } from '../../../src/secrets/detectors/compile.ts';
import { loadDetectorSet } from '../../../src/secrets/detectors/detectors.ts';
import { exampleOf } from '../../../src/secrets/detectors/example.ts';
import { createFinder } from '../../../src/secrets/find.ts';

/** What people write a key into: the variable's name in capitals, and the key. */
type Surroundings = (name: string, key: string) => string;

const set = await loadDetectorSet();
const finder = createFinder(set);
/** Assignments of passwords name no issuer, and a block of PEM stands in lines of its own. */
const kinds = set.detectors.filter(({ spec }) => spec.pattern === undefined || spec.names !== undefined);
const samples = kinds.map((detector) => ({
  detector,
  name: variableOf(detector),
  key: exampleOf(set.detectors, detector.id, 'everywhere'),
}));

const json = (value: unknown): string => JSON.stringify(value);
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
const lower = (name: string): string => name.toLowerCase();
const kebab = (name: string): string => lower(name).replace(/_+/g, '-');
const dotted = (name: string): string => lower(name).replace(/_+/g, '.');
const camel = (name: string): string => lower(name).replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());

const writings: { readonly [title: string]: Surroundings } = {
  dotenv: (name, key) => `A=1\n${name}=${key}\nB=2\n`,
  'dotenv in quotes, with a comment': (name, key) => `export ${name}="${key}" # prod\r\n`,
  'dotenv, commented out': (name, key) => `#${name}='${key}'\n`,
  'dotenv, spaced': (name, key) => `${name} = ${key}`,
  'a variable of one stage': (name, key) => `MY_${name}_PROD=${key}\n`,
  'the second of several variables': (name, key) => `${name}_2=${key}\n`,
  'a default of the shell': (name, key) => `export ${name}=\${${name}:-${key}}\n`,
  'another default of the shell': (name, key) => `: "\${${name}:=${key}}"\n`,
  'a line of the shell': (name, key) => `: 1700000000:0;${name}=${key} python app.py\n`,
  'fish and csh': (name, key) => `setenv ${name} ${key}\n`,
  PowerShell: (name, key) => `$env:${name} = "${key}"\n`,
  'a batch file': (name, key) => `set ${name}=${key}\r\n`,
  YAML: (name, key) => `env:\n  ${name}: ${key}\n`,
  'YAML, camel case': (name, key) => `  ${camel(name)}: "${key}"\n`,
  'YAML, kebab case': (name, key) => `  ${kebab(name)}: '${key}'\n`,
  'a block of YAML': (name, key) => `${lower(name)}: |\n  ${key}\n`,
  'a folded block of YAML': (name, key) => `${lower(name)}: >-\n  ${key}\n`,
  'a list of YAML': (name, key) => `environment:\n  - "${name}=${key}"\n`,
  'a map of YAML in one line': (name, key) => `env: {${name}: "${key}",A: b}\n`,
  'a Kubernetes container': (name, key) => `env:\n- name: ${name}\n  value: "${key}"\n`,
  'a Kubernetes secret': (name, key) => `kind: Secret\nstringData:\n  ${kebab(name)}: ${key}\n`,
  'an option of Helm': (name, key) => `helm upgrade app . --set env.${name}=${key} --set a=b\n`,
  JSON: (name, key) => json({ a: 1, [name]: key, b: 2 }),
  'JSON, camel case': (name, key) => pretty({ [camel(name)]: key, a: 1 }),
  'JSON in JSON': (name, key) => json({ body: json({ [name]: key }) }),
  'JSON in JSON in JSON': (name, key) => json({ body: json({ body: json({ [name]: key, a: 1 }) }) }),
  'JSON in JSON by numbers': (name, key) => json({ body: json({ [name]: key }) }).replace(/\\"/g, '\\u0022'),
  'a list in JSON': (name, key) => json({ [`${lower(name)}s`]: [key] }),
  'names and values': (name, key) => json([{ Name: name, Value: key }]),
  'names and values in lines': (name, key) =>
    pretty({
      environment: [
        { name, value: key },
        { name: 'A', value: 'b' },
      ],
    }),
  'names, types and values': (name, key) => pretty([{ key: name, type: 'secret', value: key }]),
  'an escaped file': (name, key) => json({ file: `A=1\n${name}=${key}\nB=2` }),
  TOML: (name, key) => `[secrets]\n${lower(name)} = '${key}'\n`,
  'an INI file': (name, key) => `[x]\n${lower(name)}=${key}\n`,
  properties: (name, key) => `${dotted(name)}=${key}\n`,
  'an XML element': (name, key) => `<${lower(name)}>${key}</${lower(name)}>`,
  'an XML element of its own kind': (name, key) => `<${name}><![CDATA[${key}]]></${name}>`,
  'an XML attribute': (name, key) => `<service ${lower(name)}="${key}" enabled="1"/>`,
  'settings in XML': (name, key) => `<add key="${name}" value="${key}"/>`,
  'a property list': (name, key) => `<dict>\n\t<key>${name}</key>\n\t<string>${key}</string>\n</dict>`,
  CSV: (name, key) => `name,value\n${name},${key}\n`,
  'CSV in quotes': (name, key) => `"${name}","${key}","bob"\n`,
  'CSV with semicolons': (name, key) => `${name};${key};bob\n`,
  'tab-separated values': (name, key) => `${name}\t${key}\n`,
  'a table of Markdown': (name, key) => `| \`${name}\` | \`${key}\` |\n`,
  'a sentence of Markdown': (name, key) => `Set \`${name}\` to \`${key}\` first.\n`,
  'a table of HTML': (name, key) => `<td>${name}</td><td>${key}</td>`,
  'a form of HTML': (name, key) => `<input name="${lower(name)}" type="hidden" value="${key}">`,
  'an attribute of HTML': (name, key) => `<div data-${kebab(name)}="${key}">`,
  'entities of HTML': (name, key) => `${name}=&quot;${key}&quot;`,
  Python: (name, key) => `${lower(name)} = '${key}'\n`,
  "Python's environment": (name, key) => `os.environ["${name}"] = "${key}"\n`,
  'a default in Python': (name, key) => `os.getenv("${name}", "${key}")\n`,
  'another default in Python': (name, key) => `os.environ.get("${name}") or "${key}"\n`,
  'a constructor in Python': (name, key) => `Chat(model="m", ${lower(name)}="${key}", temperature=0)\n`,
  'typed Python': (name, key) => `${lower(name)}: str = "${key}"\n`,
  'bytes in Python': (name, key) => `${name} = b'${key}'\n`,
  'a secret in Python': (name, key) => `${lower(name)}=SecretStr("${key}")\n`,
  'a printed environment': (name, key) => `environ({'HOME': '/root', '${name}': '${key}'})\n`,
  JavaScript: (name, key) => `const ${camel(name)} = \`${key}\`;\n`,
  'minified JavaScript': (name, key) => `var a=1,e={${name}:"${key}",z:!0};`,
  'a fallback in JavaScript': (name, key) => `process.env.${name} || '${key}'`,
  'another fallback in JavaScript': (name, key) => `process.env['${name}'] ?? "${key}"`,
  'a definition of a bundler': (name, key) => `{"process.env.${name}":JSON.stringify("${key}")}`,
  TypeScript: (name, key) => `export const ${name}: string = '${key}' as const;\n`,
  Go: (name, key) => `${camel(name)} := "${key}"\n`,
  'the environment in Go': (name, key) => `os.Setenv("${name}", "${key}")\n`,
  Java: (name, key) => `private static final String ${name} = "${key}";\n`,
  'an option of Java': (name, key) => `java -D${dotted(name)}=${key} -jar app.jar\n`,
  'C#': (name, key) => `var ${camel(name)} = @"${key}";\n`,
  Ruby: (name, key) => `ENV['${name}'] ||= '${key}'\n`,
  'a hash in Ruby': (name, key) => `{ :${lower(name)} => "${key}" }\n`,
  PHP: (name, key) => `define('${name}', '${key}');\n`,
  R: (name, key) => `${lower(name)} <- "${key}"\n`,
  Rust: (name, key) => `const ${name}: &str = "${key}";\n`,
  Perl: (name, key) => `$ENV{${name}} = '${key}';\n`,
  'a Dockerfile': (name, key) => `ENV A=1 \\\n    ${name}="${key}" \\\n    B=2\n`,
  'an old Dockerfile': (name, key) => `ENV ${name} ${key}\n`,
  'a build argument': (name, key) => json({ created_by: `RUN |1 ${name}=${key} /bin/sh -c pip install x # buildkit` }),
  'an inspected container': (name, key) => pretty([{ Config: { Env: ['PATH=/usr/bin', `${name}=${key}`, 'A=b'] } }]),
  'an option of Docker': (name, key) => `docker run --env="${name}=${key}" -p 1:1 img\n`,
  Terraform: (name, key) => `resource "x" "y" {\n  ${lower(name)}   = "${key}"\n}\n`,
  'a variable of Terraform': (name, key) => `variable "${lower(name)}" {\n  type    = string\n  default = "${key}"\n}\n`,
  Bicep: (name, key) => `param ${camel(name)} string = '${key}'\n`,
  systemd: (name, key) => `[Service]\nEnvironment="${name}=${key}"\n`,
  'settings of an editor': (name, key) => `{\n  // dev\n  "env": {\n    "${name}": "${key}",\n  },\n}`,
  'a command line': (name, key) => `app --${kebab(name)} ${key} --port 80\n`,
  'a command line in JSON': (name, key) => json(['app', `--${kebab(name)}`, key]),
  'the environment of a process': (name, key) => `HOME=/root\0${name}=${key}\0PATH=/bin\0`,
  'a cell of a notebook': (name, key) => pretty({ source: ['import os\n', `os.environ["${name}"] = "${key}"\n`] }),
  'a magic of a notebook': (name, key) => json({ source: [`%env ${name}=${key}\n`] }),
  SQL: (name, key) => `INSERT INTO settings VALUES ('${lower(name)}', '${key}'), ('a','b');\n`,
  'a table of a database shell': (name, key) => ` ${lower(name)} | ${key} | t\n`,
  'a log': (name, key) => `2026-01-02T03:04:05.678Z INFO  app - ${lower(name)}=${key} loaded\n`,
  'a coloured log': (name, key) => `\u001b[32m${name}\u001b[0m=\u001b[33m${key}\u001b[0m\n`,
  'the new line of a patch': (name, key) => `-${name}=\n+${name}=${key}\n`,
  brackets: (name, key) => `[${name}: ${key}]`,
};

const urls: { readonly [title: string]: Surroundings } = {
  'a query': (name, key) => `GET https://api.example.net/v1/x?a=1&${lower(name)}=${key}&b=2 200\n`,
  'an encoded query': (name, key) => `%22${name}%22%3A%22${key}%22`,
};

const nameless: { readonly [title: string]: Surroundings } = {
  'a header': (_, key) => `curl https://api.example.net -H "Authorization: Bearer ${key}"\n`,
  'a trace of HTTP': (_, key) => `> x-api-key: ${key}\r\n> Accept: */*\r\n`,
  'a constructor': (_, key) => `const client = new Client({ apiKey: '${key}' });\n`,
  'a builder': (_, key) => `Client.builder().apiKey("${key}").build();\n`,
  'a line of its own': (_, key) => `${key}\n`,
  'a removed line of a patch': (_, key) => `@@ -1 +1 @@\n-${key}\n`,
  'a list': (_, key) => `keys=a,${key},b\n`,
  'an output of a notebook': (_, key) => pretty({ 'text/plain': [`'${key}'`] }),
};

describe('every kind of key is found with its issuer', () => {
  it.each(Object.entries(writings))('in %s', (_, write) => {
    expect(missed(samples, write)).toBe('');
  });
});

describe('every kind of key without signs is found with its issuer', () => {
  const plain = samples.filter(({ key }) => encodeURIComponent(key) === key && !key.includes('~'));

  it.each(Object.entries(urls))('in %s', (_, write) => {
    expect(missed(plain, write)).toBe('');
  });
});

describe('every kind of key that names its issuer itself is found', () => {
  const own = samples.filter(
    ({ detector: { spec } }) => spec.names === undefined && (spec.context === undefined || spec.alone !== undefined),
  );

  it.each(Object.entries(nameless))('in %s', (_, write) => {
    expect(missed(own, write)).toBe('');
  });
});

/** The detectors whose key is not found exactly once, whole and with its issuer. */
function missed(keys: typeof samples, write: Surroundings): string {
  return keys
    .filter(({ detector, name, key }) => !isFound(write(name, key), key, detector))
    .map(({ detector }) => detector.id)
    .join(' ');
}

function isFound(text: string, key: string, { issuer }: Detector): boolean {
  const bytes = Buffer.from(text, 'latin1');
  const found = finder.find(bytes).filter(({ start, end }) => bytes.toString('latin1', start, end) === key);
  return found.length === 1 && found[0]?.issuers.includes(issuer) === true;
}

/** As people call it: by the detector's own names or words, else by its issuer. */
function variableOf({ id, spec }: Detector): string {
  const [name] = spec.names ?? [];
  const word = spec.context?.find((text) => /^[a-z0-9_]+$/.test(text)) ?? id.replace(/\..*/, '').replace(/-/g, '_');
  return (name ?? (/key|secret|token|auth/.test(word) ? word : `${word}_api_key`)).toUpperCase();
}
