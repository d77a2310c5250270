import { declared, utf8 } from '../recogniser.ts';

/**
 * Producer and domain of an ONNX ModelProto: field 1 is the IR version (varint), 2 producer_name, 3 producer_version, 4 domain (strings).
 * `undefined`: the bytes do not begin as one. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function readOnnx(bytes: Uint8Array): { readonly name?: string; readonly version?: string } | undefined {
  if (isOrt(bytes)) return {};
  if (bytes[0] !== 0x08) return undefined;
  const fields = new Map<number, string>();
  let at = 0;
  for (let field = 0; field < 12 && at < bytes.length; field++) {
    const tag = bytes[at++] as number; // within the bytes, by the loop's condition
    const kind = tag & 7;
    const length = varint(bytes, at);
    if (length === undefined || (kind !== 0 && kind !== 2)) break;
    at = length.end;
    if (kind === 0) continue;
    const number = tag >> 3;
    if (number > 6 || at + length.value > bytes.length) break;
    fields.set(number, utf8(bytes.subarray(at, at + length.value)));
    at += length.value;
  }
  const name = declared(fields.get(4));
  return name === undefined ? {} : { name };
}

/** The flatbuffer form of ONNX Runtime. */
const isOrt = (bytes: Uint8Array): boolean => utf8(bytes.subarray(4, 8)) === 'ORTM';

function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start, shift = 0; at < bytes.length && shift < 35; at++, shift += 7) {
    const byte = bytes[at] as number; // within the bytes, by the loop's condition
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
