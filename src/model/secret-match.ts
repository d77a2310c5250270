import type { AssetId } from './ids.ts';

export type Confidence = 'certain' | 'likely' | 'possible';

/** A key in a fact. `asset` is empty until the answer has been attributed to one. */
export interface FactLocation {
  readonly kind: 'fact';
  readonly asset: AssetId;
  /** Fact path of the value that was inspected, for example `ServiceConfig`. */
  readonly path: string;
  /** Place inside the value: a member path (`containers[].env[].value`), a variable name, or `line 3`. Never an index that can move. */
  readonly variable: string;
}

/** Which part of an image a key lies in. */
export type ImagePart = 'layer' | 'config' | 'history' | 'annotation' | 'manifest' | 'document';

/** A key in an image. One place of one blob; every manifest that it belongs to in the same way is named. */
export interface ImageLocation {
  readonly kind: 'image';
  /** The repository, `oci:<host>/<repository>`. */
  readonly asset: AssetId;
  /** Digests of the manifests that hold the place, sorted. */
  readonly manifests: readonly string[];
  readonly tags: readonly string[];
  /** `linux/amd64`; `unknown/unknown` for attestations. */
  readonly platforms: readonly string[];
  readonly part: ImagePart;
  /** Digest of the blob that holds it: the layer, the config, the document. */
  readonly blob: string;
  /** 0-based place of the layer in its manifest. */
  readonly layerIndex?: number;
  /** Path inside the layer (`opt/x.whl!/pkg/config.py`), else a JSON pointer into the document. Keys in it are masked. */
  readonly path: string;
  /** 1-based, for text. */
  readonly line?: number;
  readonly column?: number;
  /** Offset in the innermost file, else in the uncompressed blob. */
  readonly offset?: number;
  /** What somebody who starts the image sees: the file itself, nothing any more (a later layer removed or replaced it), or it cannot be told. */
  readonly visible: 'final' | 'deleted' | 'unknown';
  /** The history line that made the layer. Keys in it are masked. */
  readonly madeBy?: string;
  /** From the image that this one was built on, or added by its own build; absent where it cannot be told. */
  readonly origin?: 'base' | 'own';
}

/** A key that was found. The value itself never leaves the function that found it. */
export interface SecretMatch {
  /** `<issuer>.<kind>`, for example `anthropic.api-key`. */
  readonly detector: string;
  /** Names of the issuers whose keys have this shape; more than one where formats collide. */
  readonly issuerCandidates: readonly string[];
  /** HMAC-SHA256, hex, under the user's key or a public constant; absent for low-entropy matches. */
  readonly digest?: string;
  /** The same under the public constant, where the user has a key: the place of a finding must not change with the user's key. */
  readonly publicDigest?: string;
  /** Masked form, safe to print. */
  readonly shown: string;
  readonly confidence: Confidence;
  /** Why the confidence is what it is. */
  readonly why: string;
  readonly at: FactLocation | ImageLocation;
}

/** What is left of a secret-carrying value after inspection. It replaces the value in the facts. */
export interface Inspected {
  readonly $inspected: true;
  /** The vendor sent a non-empty value. */
  readonly present: boolean;
  readonly secrets: readonly InspectedSecret[];
  /** The members that the call declares as `keep`, at their own paths. */
  readonly kept: import('./json.ts').JsonObject;
}

/** A match without its place in the estate, which is known only once the answer is attributed. */
export type InspectedSecret = Omit<SecretMatch, 'at'> & { readonly variable: string };
