import { declared, utf8 } from '../recogniser.ts';
import { isJsonObject, jsonIn } from '../../../model/json.ts';

/**
 * What the header of a safetensors file declares: eight bytes of length (little endian), then JSON with an optional `__metadata__`.
 * `undefined`: the bytes are none. https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(bytes: Uint8Array, size: number): { readonly name?: string } | undefined {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length < 2 || length > largestHeader || length + 8 > size) return undefined;
  const header = utf8(bytes.subarray(8, Math.min(bytes.length, 8 + length)));
  if (!/"(?:dtype|__metadata__)"/.test(header)) return undefined;
  const metadata = metadataOf(header);
  const name = declared(metadata.get('modelspec.title') ?? metadata.get('ss_output_name') ?? metadata.get('name'));
  return name === undefined ? {} : { name };
}

/** The format's own limit. */
const largestHeader = 100_000_000;

/** The strings of `__metadata__`, also where the rest of the header was cut off. */
function metadataOf(header: string): ReadonlyMap<string, string> {
  const object = /"__metadata__"\s*:\s*(\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})/.exec(header)?.[1];
  if (object === undefined) return new Map();
  const parsed = jsonIn(object);
  const members = isJsonObject(parsed) ? Object.entries(parsed) : [];
  return new Map(members.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
}
