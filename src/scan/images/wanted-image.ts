import type { ImageGap, ImageReader } from '../../images/image.ts';
import type { ImageUser } from './image-edges.ts';

/** A reference that somebody named, or that an asset runs. */
export interface WantedImage {
  readonly reference: string;
  /** `oci:<host>/<repository>`, known from the reference alone: the asset that stands for it even where nothing can be read. */
  readonly repository: string;
  /** The assets whose facts name it. */
  readonly namedBy?: readonly ImageUser[];
  /** The reference is none, and `open` says why. */
  readonly isNoReference?: true;
  /** `repository` is a whole registry: no asset, only a scope that repositories can be missing from. */
  readonly isRegistry?: true;
  /** Opens what it names: one reader for each repository or file. What the user can put right is a UsageError. */
  open(signal: AbortSignal): Promise<OpenedImage>;
}

export interface OpenedImage {
  readonly readers: readonly ImageReader[];
  /** What keeps further readers from being there. */
  readonly gaps: readonly ImageGap[];
}
