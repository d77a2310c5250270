export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: string;
  readonly linkName?: string;
  /** Overrides the size field. */
  readonly size?: Uint8Array;
}

/** A tar of ustar headers in which every field can be wrong. */
export function tarBytes(entries: readonly TarEntry[], { ends = true }: { readonly ends?: boolean } = {}): Buffer {
  return Buffer.concat([...entries.map(memberBytes), Buffer.alloc(ends ? 1_024 : 0)]);
}

function memberBytes({ name, content = '', type = '0', linkName = '', size }: TarEntry): Buffer {
  const bytes = Buffer.from(content as string);
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  if (size !== undefined) header.set(size, 124);
  header.write(type, 156, 'latin1');
  header.write(linkName, 157);
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}
