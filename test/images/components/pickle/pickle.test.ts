import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riskOf } from '../../../../src/images/components/models/model-warnings.ts';
import { walkPickles } from '../../../../src/images/components/pickle/pickle.ts';

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

describe('arrays that joblib writes between the opcodes', () => {
  const latin1 = (value: string): Buffer => Buffer.from(value, 'latin1');
  /** A wrapper as joblib writes it, for an array of one dimension. */
  const wrapper = (type: string, items: number, alignment = "S'numpy_array_alignment_bytes'\nK\x10s"): Buffer =>
    latin1(
      `cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}S'shape'\nK${String.fromCharCode(items)}\x85sS'dtype'\ncnumpy\ndtype\n(S'${type}'\ntRs${alignment}b`,
    );
  const calls = latin1("0cos\nsystem\n(S'true'\ntR.");
  const list = latin1('\x80\x03](');

  it('are passed over by their length, so that what stands behind them is seen', () => {
    // Bytes that would import by a hidden name, if they were opcodes.
    const array = Buffer.concat([Buffer.from([3, 0xff, 0xff, 0xff]), Buffer.alloc(80, 0x93)]);
    expect(walked(Buffer.concat([list, wrapper('f8', 10), array, latin1('e.')]))).toMatchObject({ texts: [], hasEnded: true });
    expect(walked(Buffer.concat([list, wrapper('f8', 10), array, calls])).texts).toEqual(['loading it calls os.system']);
    const old = wrapper('i4', 2, '');
    expect(walked(Buffer.concat([list, old, Buffer.alloc(8), old, Buffer.alloc(8), calls])).texts).toEqual(['loading it calls os.system']);
  });

  it('of objects are pickles, and walked', () => {
    const inner = latin1("\x80\x03cos\nsystem\n(S'true'\ntR.");
    expect(walked(Buffer.concat([list, wrapper('O8', 1, ''), inner, latin1('e.')]))).toMatchObject({
      texts: ['loading it calls os.system'],
      hasEnded: true,
    });
  });

  it('hide nothing from who loads them by Python alone, which reads them as opcodes', () => {
    const disguised = latin1("N0cos\nsystem\n(S'true'\ntR.".padEnd(80, '.'));
    expect(walked(Buffer.concat([list, wrapper('f8', 10, ''), disguised, latin1('e.')])).texts).toEqual(['loading it calls os.system']);
  });

  it('of a length that is not known end the walk, and that is told', () => {
    expect(walked(Buffer.concat([list, wrapper('V', 10), calls]))).toMatchObject({ hasEnded: false });
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

  const calling = (module: string, name: string): Uint8Array =>
    Uint8Array.from([0x80, 4, ...text(module), ...text(name), 0x93, ...text('id'), 0x85, 0x52, 0x2e]);

  it.each([
    ['a module that another one imports', 'torch.serialization', 'os.system'],
    ['what every function carries with it', 'collections', 'OrderedDict.__init__.__globals__'],
    ['a program of a library', 'torch.utils.bottleneck.__main__', 'run_cprofile'],
    ['a function of a library that runs commands', 'torch.utils.collect_env', 'run'],
    ["a corner of Python's own library", 'uuid', '_get_command_stdout'],
    ["another corner of Python's own library", 'lib2to3.pgen2.pgen', 'ParserGenerator.make_label'],
    ['a name that says what it does', 'somewhere.shell', 'check_output'],
    ['a module under an alias', 'six.moves.cPickle', 'loads'],
    ['code that a graph holds', 'torch.fx.graph_module', 'reduce_graph_module'],
  ])('a call of %s is a risk', (_, module, name) => {
    expect(walked(calling(module, name))).toMatchObject({ texts: [`loading it calls ${module}.${name}`], risk: 'runs code' });
  });

  it('functions that unpickle are a risk of their own, under each of their names', () => {
    for (const [module, name] of [
      ['torch.serialization', 'load'],
      ['joblib.numpy_pickle', 'load'],
      ['pandas.io.pickle', 'read_pickle'],
    ] as const)
      expect(walked(calling(module, name)).risk).toBe('unpickles more');
  });

  it.each([
    ['datetime', 'datetime'],
    ['collections', 'OrderedDict'],
    ['argparse', 'Namespace'],
    ['logging', 'getLogger'],
    ['builtins', 'ValueError'],
    ['numpy.random._pickle', '__randomstate_ctor'],
    ['torch._utils', '_rebuild_tensor_v2'],
    ['sklearn.ensemble._forest', 'RandomForestClassifier'],
    ['my_app.models', 'Outer.Inner'],
    ['__main__', 'Model'],
  ])('a call of %s.%s is none', (module, name) => {
    expect(walked(calling(module, name)).texts).toEqual([]);
  });

  it.each([
    ['an argument', "cfunctools\npartial\n(cos\nsystem\nS'true'\ntR."],
    ['an argument inside of a list that was remembered', '(lp0\ncos\nsystem\na0cmy.thing\nMap\n(g0\ntR.'],
    ['an argument that came back from a call', 'cmy.thing\nMap\n(cmy.thing\nBox\n(cos\nsystem\ntRtR.'],
    ['what a callable is made of', 'cfunctools\npartial\n(cmy.thing\nf\ntR(cos\nsystem\nttb.'],
    ['an attribute of a class', "cmy.thing\nBox\n(dS'__reduce__'\ncos\nsystem\nsb."],
    ['an attribute of an object', "cmy.thing\nBox\n)R(dS'f'\ncos\nsystem\nsb."],
  ])('a function that runs commands is a risk as %s, too', (_, opcodes) => {
    expect(walked(Buffer.from(opcodes))).toMatchObject({ texts: ['loading it hands os.system to what it calls'], risk: 'runs code' });
  });

  it('a clock among the attributes of an object is none: it is only kept', () => {
    expect(walked(Buffer.from("cmy.thing\nTimer\n)R(dS'now'\nctime\nperf_counter\nsb.")).texts).toEqual([]);
    expect(walked(Buffer.from("cmy.thing\nTimer\n)R(dS'now'\ncplatform\nnode\nsb.")).risk).toBeUndefined();
  });

  it('an attribute that getattr looks up is judged by its own name', () => {
    expect(walked(Buffer.from("cbuiltins\ngetattr\n(cmy.enums\nColour\nS'RED'\ntR.")).texts).toEqual([]);
    expect(walked(Buffer.from("cbuiltins\ngetattr\n(ctorch\nserialization\nS'os'\ntR(S'x'\ntR.")).texts).toEqual([
      'loading it calls torch.serialization.os',
    ]);
    expect(walked(Buffer.from("cbuiltins\ngetattr\n(g9\nS'run'\ntR.")).texts).toEqual(['loading it calls builtins.getattr']);
  });

  it('a vocabulary is walked to its end; a name that stands behind it in the memo ends the walk, and that is told', () => {
    const word = (n: number): number[] => [...text(`word${n}`), 0x94, 0x30];
    const vocabulary = Array.from({ length: 40_000 }, (_, n) => word(n)).flat();
    expect(walked(Uint8Array.from([0x80, 4, ...vocabulary, ...text('os'), ...text('system'), 0x93, 0x4e, 0x85, 0x52, 0x2e]))).toMatchObject(
      {
        texts: ['loading it calls os.system'],
        hasEnded: true,
      },
    );
    const late = [...text('os'), 0x94, 0x30, ...text('system'), 0x94, 0x30, 0x6a, 0x40, 0x9c, 0, 0, 0x6a, 0x41, 0x9c, 0, 0, 0x93, 0x2e];
    expect(walked(Uint8Array.from([0x80, 4, ...vocabulary, ...late]))).toMatchObject({ texts: [], hasEnded: false });
  });

  it('more pickles in a row than are walked are told as such', () => {
    const row = Buffer.concat([...Array.from({ length: 8 }, () => Buffer.from([0x80, 2, 0x4e, 0x2e])), calling('os', 'system')]);
    expect(walked(row)).toMatchObject({ texts: [], hasEnded: false });
  });

  it('the pickles of an old PyTorch file are walked whatever each begins with', () => {
    const magic = Buffer.from('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'latin1');
    expect(walked(Buffer.concat([magic, Buffer.from("cos\nsystem\n(S'true'\ntR.")])).texts).toEqual(['loading it calls os.system']);
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
