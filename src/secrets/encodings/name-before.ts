/** No name is longer, with what stands between it and its value. */
const reach = 160;

/**
 * What a run on one line is assigned to, as if it were a text behind it: `const KEY = new Uint8Array(` becomes `const KEY = `. What may itself be
 * a key is left out.
 */
export function nameBefore(bytes: Uint8Array, at: number): Buffer {
  const from = Math.max(0, at - reach);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, at - from).toString('latin1');
  const whole = from > 0 ? text.replace(/^[\w.-]{0,160}/, '') : text;
  const name = whole
    .replace(bufferOfNode, '')
    .replace(constructor, '$1')
    .replace(/^[^]{0,160}(?:[\n)}]|\],|(?<!&#?\w{1,6});)/, '')
    .replace(/\[\w{0,8}\](?=\s{0,4}=)/, '')
    .replaceAll(/[\w+/=.\\&#;%-]{16,160}/g, (run) => (/\d/.test(run) ? '' : run));
  return Buffer.from(name, 'latin1');
}

/** A Buffer as JSON: https://nodejs.org/api/buffer.html#buftojson */
const bufferOfNode = /\{\s{0,32}\\?"type\\?"\s{0,4}:\s{0,4}\\?"Buffer\\?"\s{0,4},\s{0,32}\\?"data\\?"\s{0,4}:\s{0,4}$/;
/** `bytes(`, `new Uint8Array(`, `[]byte`, `String.fromCharCode` */
const constructor = /([=:]\s{0,4})(?:new )?(?:\[\])?[A-Za-z][\w.]{0,31}(?:\[\])?\s?\(?$/;
