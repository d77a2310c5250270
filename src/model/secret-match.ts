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

/** A key that was found. The value itself never leaves the function that found it. */
export interface SecretMatch {
  /** `<issuer>.<kind>`, for example `anthropic.api-key`. */
  readonly detector: string;
  /** Names of the issuers whose keys have this shape; more than one where formats collide. */
  readonly issuerCandidates: readonly string[];
  /** HMAC-SHA256, hex, under the user's key or a public constant; absent for low-entropy matches. */
  readonly digest?: string;
  /** Masked form, safe to print. */
  readonly shown: string;
  readonly confidence: Confidence;
  /** Why the confidence is what it is. */
  readonly why: string;
  readonly at: FactLocation;
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
