import { createHash } from 'node:crypto';

/** An object of a pack, whole. `kind`: as the pack writes it (1 commit, 2 tree, 3 blob, 4 tag); what is made by a delta is of its base's. */
export interface GitObject {
  readonly kind: number;
  readonly bytes: Buffer;
}

/** Objects that others are deltas to, by where they stand and by their names. The oldest go first when there are too many. */
export interface Bases {
  at(offset: number): GitObject | undefined;
  named(name: string): GitObject | undefined;
  /** From the first object that is asked for by name on, the name of an object is told: it costs a SHA-1. */
  put(offset: number, object: GitObject): string | undefined;
}

/** Larger objects are no bases, and deltas that make them are read as they are. */
export const baseBytes = 512 << 10;
const basesBytes = 8 << 20;
/** What one takes beside its bytes: a pack may hold a million empty ones. */
const objectCost = 200;

export function createBases(): Bases {
  const objects = new Map<number, GitObject & { readonly name: string | undefined }>();
  const offsets = new Map<string, number>();
  let bytes = 0;
  let isNamed = false;

  function put(offset: number, { kind, bytes: content }: GitObject): string | undefined {
    if (content.length > baseBytes) return undefined;
    const name = isNamed ? nameOf({ kind, bytes: content }) : undefined;
    objects.set(offset, { kind, bytes: content, name });
    if (name !== undefined) offsets.set(name, offset);
    bytes += content.length + objectCost;
    for (const [oldest, object] of objects) {
      if (bytes <= basesBytes) break;
      objects.delete(oldest);
      if (object.name !== undefined) offsets.delete(object.name);
      bytes -= object.bytes.length + objectCost;
    }
    return name;
  }

  return {
    at: (offset) => objects.get(offset),
    named(name) {
      if (!isNamed) {
        isNamed = true;
        const known = [...objects];
        objects.clear();
        bytes = 0;
        for (const [offset, object] of known) put(offset, object);
      }
      const offset = offsets.get(name);
      return offset === undefined ? undefined : objects.get(offset);
    },
    put,
  };
}

const kinds = ['', 'commit', 'tree', 'blob', 'tag'];

/** Of repositories that name by SHA-1, as nearly all do. */
function nameOf({ kind, bytes }: GitObject): string {
  return createHash('sha1')
    .update(`${kinds[kind] ?? ''} ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/** Two sizes, then instructions: copy from the base, or add what follows. Undefined for a delta that does not fit its base. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer | undefined {
  let at = 0;
  const size = (): number => {
    let value = 0;
    for (let scale = 1; at < delta.length; scale *= 128) {
      const byte = delta[at++] as number; // the loop stays inside
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value;
  };
  const isForBase = size() === base.length;
  const length = size();
  if (!isForBase || length > baseBytes) return undefined;
  const parts: Buffer[] = [];
  let made = 0;
  while (at < delta.length) {
    const code = delta[at++] as number; // the loop stays inside
    const number = (bits: number, shift: number): number => {
      let value = 0;
      for (let n = 0; n < bits; n++) if (code & (1 << (n + shift))) value += (delta[at++] ?? 0) * 256 ** n;
      return value;
    };
    let part: Buffer;
    if (code & 0x80) {
      const from = number(4, 0);
      part = base.subarray(from, from + (number(3, 4) || 0x10000));
    } else {
      part = delta.subarray(at, at + code);
      at += code;
    }
    parts.push(part);
    made += part.length;
    if (part.length === 0 || made > length) return undefined;
  }
  return made === length ? Buffer.concat(parts) : undefined;
}
