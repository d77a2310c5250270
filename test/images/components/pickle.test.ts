import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riskOf } from '../../../src/images/components/model-warnings.ts';
import { walkPickles } from '../../../src/images/components/pickle.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const protocols = [0, 1, 2, 3, 4, 5];

/** A walk with its warnings as text. */
function walked(bytes: Uint8Array) {
  const { warnings, ...walk } = walkPickles(bytes);
  return { ...walk, texts: warnings.map(({ text }) => text), risk: riskOf(warnings) };
}

/** What Python's own pickle module writes for an expression. Nothing is loaded. */
function pickled(expression: string, protocol: number): Uint8Array {
  const program = `
import sys, pickle, collections, datetime
class Calls:
    def __init__(self, callee, *arguments): self.callee, self.arguments = callee, arguments
    def __reduce__(self): return (self.callee, self.arguments)
import os, shutil
sys.stdout.buffer.write(pickle.dumps(${expression}, ${protocol}))`;
  return execFileSync('python3', ['-c', program]);
}

describe.skipIf(!hasPython)('pickles that Python wrote', () => {
  it.each(protocols)('a call of os.system is seen in protocol %i', (protocol) => {
    const { texts: warnings, hasEnded } = walked(pickled("{'a': [1, Calls(os.system, 'true')]}", protocol));
    expect({ warnings, hasEnded }).toEqual({ warnings: ['loading it calls posix.system'], hasEnded: true });
  });

  it.each(protocols)('a call hidden among ordinary objects is seen in protocol %i', (protocol) => {
    const expression =
      "[collections.OrderedDict(a=1), {1, 2}, b'x' * 300, 2 ** 90, 1.5, None, True, datetime.date(2020, 1, 2), Calls(eval, '1'), Calls(shutil.rmtree, '')]";
    const module = protocol < 3 ? '__builtin__' : 'builtins';
    expect(walked(pickled(expression, protocol)).texts).toEqual([`loading it calls ${module}.eval`, 'loading it calls shutil.rmtree']);
  });

  it.each(protocols)('ordinary objects give no warning in protocol %i', (protocol) => {
    const expression =
      "{'weights': [1.5, -2, 2 ** 70, 'x' * 1000, b'y' * 1000], 'set': {1, frozenset({2})}, 'when': datetime.datetime(2020, 1, 2), 'o': collections.OrderedDict(a=(1, 2, 3, 4))}";
    const walk = walked(pickled(expression, protocol));
    expect({ warnings: walk.texts, hasEnded: walk.hasEnded, isPickle: walk.isPickle }).toEqual({
      warnings: [],
      hasEnded: true,
      isPickle: true,
    });
  });

  it('the second pickle of a file is walked too', () => {
    const bytes = Buffer.concat([pickled('1', 2), pickled("Calls(os.system, 'true')", 2)]);
    expect(walked(bytes).texts).toEqual(['loading it calls posix.system']);
  });

  it('what stands before a cut is seen', () => {
    const whole = pickled("[Calls(os.system, 'true'), 'x' * 100]", 4);
    const { texts: warnings, hasEnded } = walked(whole.subarray(0, whole.length - 50));
    expect({ warnings, hasEnded }).toEqual({ warnings: ['loading it calls posix.system'], hasEnded: false });
  });
});

describe('pickles that were made to hide something', () => {
  const text = (value: string): number[] => [0x8c, value.length, ...Buffer.from(value)];

  it('a name that goes through the memo is read', () => {
    const bytes = [
      0x80,
      4,
      ...text('os'),
      0x94,
      0x30,
      ...text('system'),
      0x94,
      0x30,
      0x68,
      0,
      0x68,
      1,
      0x93,
      ...text('true'),
      0x85,
      0x52,
      0x2e,
    ];
    expect(walked(Uint8Array.from(bytes)).texts).toEqual(['loading it calls os.system']);
  });

  it('a call after which the bytes are damaged is seen: loading them would have made it', () => {
    const bytes = [...Buffer.from("cposix\nsystem\n(S'true'\ntR"), 0xff, 0xff];
    expect(walked(Uint8Array.from(bytes)).texts).toEqual(['loading it calls posix.system']);
  });

  it('INST and OBJ call as REDUCE does', () => {
    expect(walked(Buffer.from("(S'true'\nios\nsystem\n.")).texts).toEqual(['loading it calls os.system']);
    expect(walked(Buffer.from("(cos\nsystem\nS'true'\no.")).texts).toEqual(['loading it calls os.system']);
  });

  it('a name that opcodes put together is told as such', () => {
    const bytes = [0x80, 4, 0x4b, 1, ...text('system'), 0x93, 0x2e];
    expect(walked(Uint8Array.from(bytes)).texts).toEqual(['imports something under a name that cannot be read from its opcodes']);
  });

  it('names with line breaks and escapes do not reach the output', () => {
    const bytes = [0x80, 4, ...text('os'), ...text('a\nb\u001b[31m'), 0x93, 0x2e];
    expect(walked(Uint8Array.from(bytes)).texts).toEqual(['loading it imports os.a?b?[31m']);
  });

  it('thousands of names give a warning of bounded length', () => {
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, n) => `cos\nf${n}\n0`).join('') + '.');
    expect(walked(bytes).texts).toHaveLength(21);
  });

  it('what is only imported is no risk, a call is one, and a call that unpickles more is another', () => {
    const risks = ['cos\nsystem\n.', "cos\nsystem\n(S'true'\ntR.", "ctorch.storage\n_load_from_bytes\n(S''\ntR."].map(
      (opcodes) => walked(Buffer.from(opcodes)).risk,
    );
    expect(risks).toEqual([undefined, 'runs code', 'unpickles more']);
  });

  it('a call beyond the names that are listed is a risk, too', () => {
    const harmless = Array.from({ length: 20 }, (_, n) => `cos\nname${n}\n0`).join('');
    expect(walked(Buffer.from(`${harmless}cos\nsystem\n(S'true'\ntR.`)).risk).toBe('runs code');
  });

  it.each([
    ['marks', '('],
    ['duplicates', 'N2'],
    ['lists', ']'],
    ['lengths beyond the end', '\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f'],
    ['lines without an end', 'c'],
    ['memo entries', 'Np1\n'],
  ])('a megabyte of %s is walked in a moment', (_, piece) => {
    const bytes = Buffer.from(piece.repeat(Math.ceil((1 << 20) / piece.length)), 'latin1');
    const start = process.cpuUsage();
    walkPickles(bytes);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500);
  });

  it('no bytes at all make the walk throw', () => {
    const opcode = fc.constantFrom(
      ...Buffer.from('(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrstu)G\x80\x81\x82\x85\x88\x8a\x8b\x8c\x8d\x8e\x90\x93\x94\x95', 'latin1'),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(opcode, fc.integer({ min: 0, max: 255 })), { maxLength: 300 }), (bytes) => {
        const { texts: warnings } = walked(Uint8Array.from(bytes));
        expect(warnings.length).toBeLessThanOrEqual(22);
      }),
      { numRuns: 2000 },
    );
  });
});
