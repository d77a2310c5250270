import { Flags } from '@oclif/core';

const images = { helpGroup: 'IMAGES' } as const;

/** Which images: `image` alone. */
export const imageListFlags = {
  registry: Flags.string({
    ...images,
    description:
      'every repository that the catalogue of this registry names, or those that match a glob (repeatable); of each the newest tag, unless --tags says otherwise',
    helpValue: 'HOST[/GLOB]',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_REGISTRY',
    delimiter: ',',
  }),
  'from-file': Flags.string({
    ...images,
    description: 'read further references from this file, one a line, # begins a comment; `-` is stdin',
    helpValue: 'FILE',
    env: 'AISPM_FROM_FILE',
  }),
  shard: Flags.string({
    ...images,
    description: 'look only into the i-th of n parts of the repositories; `convert` puts the reports together again',
    helpValue: 'i/n',
    env: 'AISPM_SHARD',
  }),
  'stdin-name': Flags.string({
    ...images,
    description: 'what an archive that is piped in is called in the report (default: as the images in it are named)',
    helpValue: 'NAME',
    env: 'AISPM_STDIN_NAME',
  }),
  'save-inventory': Flags.string({
    ...images,
    description: 'also write what was found, unjudged, for `evaluate`',
    helpValue: 'FILE',
    env: 'AISPM_SAVE_INVENTORY',
  }),
} as const;

/** How images are read: `image`, `scan` and `discover`. */
export const imageFlags = {
  'plain-http': Flags.string({
    ...images,
    description: 'registry that is spoken to without TLS (repeatable; loopback needs no flag)',
    helpValue: 'HOST[:PORT]',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_PLAIN_HTTP',
    delimiter: ',',
  }),
  tags: Flags.string({
    ...images,
    description:
      'read these tags of each repository instead of the one that is named (of images that assets run: beside it): what matches a glob, the newest, or all',
    helpValue: 'all|newest=N|GLOB',
    env: 'AISPM_TAGS',
  }),
  platform: Flags.string({
    ...images,
    description: 'of images for several platforms read these only (repeatable); what is left out is printed as a limit',
    helpValue: 'OS/ARCH[/VARIANT]',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_PLATFORM',
    delimiter: ',',
  }),
  'token-host': Flags.string({
    ...images,
    description: 'host of a token service that may be sent the login of a registry on another host (repeatable)',
    helpValue: 'HOST[:PORT]',
    multiple: true,
    multipleNonGreedy: true,
    env: 'AISPM_TOKEN_HOST',
    delimiter: ',',
  }),
  'max-image-size': Flags.string({
    ...images,
    description: 'read no more than this of one image, for example 20GiB; what is cut is a gap',
    helpValue: 'SIZE',
    env: 'AISPM_MAX_IMAGE_SIZE',
  }),
  'max-layers': Flags.integer({
    ...images,
    description: 'read no more layers of one image; what is cut is a gap',
    env: 'AISPM_MAX_LAYERS',
    min: 1,
  }),
  'cache-dir': Flags.string({
    ...images,
    description: 'folder that keeps what was seen in layers (default: aispm in the cache folder of the user)',
    helpValue: 'DIR',
    env: 'AISPM_CACHE_DIR',
  }),
  'no-cache': Flags.boolean({ ...images, description: 'read every layer again, and keep nothing', env: 'AISPM_NO_CACHE' }),
} as const;

export const layersAtOnce = Flags.integer({
  ...images,
  description: 'layers at once (default: one for each core)',
  env: 'AISPM_CONCURRENCY',
  min: 1,
  max: 256,
});

/** Which images a cloud scan looks into. */
export const imageChoiceFlags = {
  images: Flags.string({
    ...images,
    description: 'which images to look into: none, those that AI assets run, or those of all assets that were read',
    options: ['none', 'ai', 'all'],
    env: 'AISPM_IMAGES',
    default: 'ai',
  }),
} as const;
