/**
 * What may import what (docs/architecture.md). The pipe reads: commands → scan → engines → model; engines never meet.
 * Types count: a type import is a dependency of the mind, and the next one will be of the code.
 */

/** Folder of src → folders it may import, besides itself and the model. */
const layers = {
  model: { may: [], because: 'the vocabulary imports nothing: everything else is said in its words' },
  http: { may: [], because: 'the one way out knows addresses and time-outs, not clouds or images' },
  checks: { may: [], because: 'checks judge values; whoever reads the world hands the values in' },
  secrets: { may: [], because: 'the scanner sees bytes, wherever they come from' },
  images: { may: ['http'], because: 'images are read without knowing what is looked for in them' },
  providers: { may: ['http'], because: 'clouds are read without knowing what is judged' },
  report: { may: [], because: 'a report is a pure function of its values' },
  scan: {
    may: ['providers', 'images', 'secrets', 'checks', 'http'],
    because: 'only the scan joins the engines; it knows no flags and no formats',
  },
  demo: { may: ['checks', 'http'], because: 'the loopback estate answers from data; it knows no engine that reads it' },
  cli: { may: ['scan', 'report'], because: 'what every command shares: exit codes, output, progress, configuration' },
  commands: { may: ['cli', 'scan', 'report', 'demo'], because: 'a command is flags in, one call, exit code out' },
};

const layerRules = Object.entries(layers).map(([layer, { may, because }]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  comment: because,
  from: { path: `^src/${layer}/` },
  to: {
    path: '^src/',
    pathNot: [
      `^src/(${[layer, 'model', ...may].join('|')})/`,
      // A validator is a schema of checks/schema in another form: data, which imports nothing. YAML files of the user
      // (checks, configuration, waivers) are read in one way.
      ...(layer === 'model' ? [] : ['^src/checks/validators/']),
      // The catalogue of a cloud's calls is data: the doubles answer the calls that exist.
      ...(layer === 'demo' ? ['^src/providers/[^/]+/(operations\\.(json|ts)|endpoints\\.json)$'] : []),
      ...(layer === 'cli' ? ['^src/checks/yaml-file\\.ts$'] : []),
    ],
  },
}));

/** Packages → where they may be imported, and why only there. */
const packages = [
  ['(@aws-sdk|@smithy)/', '^src/providers/aws/', "a cloud's SDK stays inside its provider's folder"],
  ['@azure/', '^src/providers/azure/', "a cloud's SDK stays inside its provider's folder"],
  ['@alicloud/', '^src/providers/alibaba/', "a cloud's SDK stays inside its provider's folder"],
  ['@oclif/', '^src/(commands|cli)/', 'flags and help are the business of commands; the rest is a library'],
  ['ajv', '^src/checks/', 'ajv loads only for files of the user; our own schemas are compiled beforehand'],
  ['yaml/', '^src/(checks|cli)/', 'YAML is parsed only where a user wrote it: checks, configuration, waivers'],
  ['(https?-proxy-agent|proxy-from-env)/', '^src/http/', 'there is one way out'],
  ['@peculiar/', '^src/demo/', 'certificates are made for the loopback estate alone'],
  ['cacache/', '^src/scan/layers/layer-cache\\.ts$', 'what is kept on disk between runs is kept in one place'],
  ['tar-stream/', '^src/(images|demo)/', 'archives are read by images and written by the demo'],
];

const packageRules = packages.map(([name, place, because]) => ({
  name: `package-${name.replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '')}`,
  severity: 'error',
  comment: because,
  from: { path: '^src/', pathNot: place },
  to: { path: `(^|/)node_modules/${name}` },
}));

const providers = ['alibaba', 'aws', 'azure'];
const providerRules = providers.map((provider) => ({
  name: `provider-${provider}`,
  severity: 'error',
  comment: 'one cloud can be removed by deleting its folder',
  from: { path: `^src/providers/${provider}/` },
  to: { path: `^src/providers/(${providers.filter((other) => other !== provider).join('|')})/` },
}));

export default {
  forbidden: [
    ...layerRules,
    ...packageRules,
    ...providerRules,
    {
      name: 'collector-no-client',
      severity: 'error',
      comment: 'a collector reaches the network by its declared calls alone, so that it can do nothing else',
      from: { path: '^src/providers/[^/]+/collectors/' },
      to: { path: '(^|/)node_modules/|^(node:)?(https?|http2|net|tls|dgram|dns|child_process)$' },
    },
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'model, checks, secrets and report are functions of values: no network, no programs',
      from: { path: '^src/(model|checks|secrets|report)/' },
      to: { path: '^(node:)?(https?|http2|net|tls|dgram|dns|child_process|cluster)$' },
    },
    {
      name: 'no-import-of-the-library-entry',
      severity: 'error',
      comment: 'src/index.ts is for users of the library; inside, name the file that is meant',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment: 'modules that need each other to load are one module, or lack a third; types may refer to each other',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-way-out-of-src',
      severity: 'error',
      comment: 'tests and scripts are not shipped',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-development-package',
      severity: 'error',
      comment: 'what src imports must be installed with the package',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'a module that is not found cannot be judged by the other rules',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // dependency-cruiser does not know TypeScript 7; without swc it sees no modules and finds no fault.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
