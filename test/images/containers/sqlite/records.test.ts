import { expect, test } from 'vitest';
import { createRecords } from '../../../../src/images/containers/sqlite/records.ts';

const pageBytes = 512;

/** A page that goes on in another: its number, then bytes. */
function page(next: number, text: string): Buffer {
  const bytes = Buffer.alloc(pageBytes, 0x20);
  bytes.writeUInt32BE(next);
  bytes.write(text, 4, 'latin1');
  return bytes;
}

function put(actions: (records: ReturnType<typeof createRecords>) => void) {
  const found: string[] = [];
  const records = createRecords({
    pageBytes,
    usableBytes: pageBytes,
    found: (name, bytes) => void found.push(`${name}: ${bytes.toString('latin1').trimEnd().replace(/ +/g, ' ')}`),
  });
  actions(records);
  return { broken: records.end(), found };
}

test('a record is put together whatever the order of its pages', () => {
  const total = 6 + 2 * (pageBytes - 4);
  const forward = put((records) => {
    records.begin('a', total, Buffer.from('begin '), 7);
    records.takePage(page(9, 'middle'), 7);
    records.takePage(page(0, 'end'), 9);
  });
  const backward = put((records) => {
    records.takePage(page(0, 'end'), 9);
    records.takePage(page(9, 'middle'), 7);
    records.begin('a', total, Buffer.from('begin '), 7);
  });
  expect(forward).toEqual({ broken: 0, found: ['a: begin middle end'] });
  expect(backward).toEqual(forward);
});

test('of two records that go on in one page none is lost, and the broken one is counted', () => {
  const { broken, found } = put((records) => {
    records.begin('a', 600, Buffer.from('first '), 7);
    records.begin('b', 600, Buffer.from('second '), 7);
    records.takePage(page(0, 'rest'), 7);
  });
  expect(found).toEqual(['a: first', 'b: second rest']);
  expect(broken).toBe(1);
});

test('a record that a log holds again, as it was, is one', () => {
  const again = put((records) => {
    records.begin('a', 600, Buffer.from('first '), 7);
    records.begin('a', 600, Buffer.from('first '), 7);
    records.takePage(page(0, 'rest'), 7);
  });
  expect(again).toEqual({ broken: 0, found: ['a: first rest'] });
});
