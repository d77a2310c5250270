import type { Confidence } from '../../model/secret-match.ts';

/**
 * One file of `checks/secrets`, as `checks/schema/detector.schema.json` admits it. `id` is the file's name.
 * A detector's own id is `<id>.<kind>`.
 */
export interface DetectorFile {
  readonly id: string;
  /** The issuer's name as people know it. */
  readonly issuer: string;
  readonly rotate: Rotation;
  readonly kinds: { readonly [kind: string]: KindSpec };
}

export interface Rotation {
  /** Where keys of this issuer are revoked. */
  readonly see: string;
  readonly do: string;
}

export type Length = number | readonly number[] | { readonly min: number; readonly max: number };

/** `like: uuid` is a UUID in lower or upper case. */
export type Part =
  | string
  | { readonly of: string; readonly length: Length }
  | { readonly oneOf: readonly string[] }
  | { readonly like: 'uuid' };

export type Shape = readonly Part[];

export type ProofName = 'crc32-base62' | 'gitlab-routable' | 'base64-text' | 'base64-json' | 'pem-der' | 'basic-login';
/** What can be read from a key without proving anything. */
export type TellName = 'aws-account';
export type CharacterKind = 'digit' | 'letter' | 'lower' | 'upper';

export interface KindSpec {
  /** What a match is worth where the shape, the rules and (if there are any) a context word agree. */
  readonly confidence: Confidence;
  readonly shape?: Shape;
  /** Several shapes of one kind, where lengths belong together. */
  readonly shapes?: readonly Shape[];
  /** An irregular key: a bounded pattern whose group `key` is the secret, where to look for it, and how to make one. */
  readonly pattern?: string;
  readonly anchors?: readonly string[];
  readonly example?: { readonly before: string; readonly key: Shape; readonly after?: string };
  /** Instead of a shape, where none is known: the issuer's own variable names, words joined by `_`. */
  readonly names?: readonly string[];
  /** What is taken for a key behind one of `names`. */
  readonly value?: Shape;
  /** Words of which one must stand near (whatever their case). */
  readonly context?: readonly string[];
  /** Confidence where no context word stands near; without this member such a run is no match. */
  readonly alone?: Confidence;
  /** How near, in bytes to either side of the key. */
  readonly within?: number;
  /** `free`: letters may stand right before the key. By default so for shapes with eight fixed characters or more, or a proof. */
  readonly left?: 'free' | 'edge';
  readonly proof?: ProofName;
  /** What the key says beside being one; it is told with the finding. */
  readonly tells?: TellName;
  /** For `base64-text`: how the decoded text begins. */
  readonly decodes?: Shape;
  /** Bits per character that the random part must have. */
  readonly entropy?: number;
  readonly has?: readonly CharacterKind[];
  /** Words that make a run no key, beyond those that hold for every detector. */
  readonly ignore?: readonly string[];
  /** Patterns that no key fits, in which case counts. */
  readonly unlike?: readonly string[];
  /** Lower-case hex SHA-256 of keys that the issuer or well-known packages publish. */
  readonly published?: readonly string[];
  /** Name that every kind of the same shape carries. If no context decides, the match is named `shared.<collides>`. */
  readonly collides?: string;
  /** Further issuers whose keys look the same and that have no file of their own. */
  readonly candidates?: readonly string[];
  /** The other half of a pair: if it stands near, both are one match. */
  readonly partner?: Partner;
  /** Why the format is less than sure. */
  readonly doubt?: string;
}

export interface Partner {
  readonly of: string;
  readonly length: Length;
  readonly within: number;
  readonly entropy?: number;
  readonly has?: readonly CharacterKind[];
  readonly confidence: Confidence;
}
