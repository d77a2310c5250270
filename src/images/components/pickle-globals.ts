/** How far a name that a pickle imports can reach. `undefined`: nothing speaks against it. */
export function dangerOf(module: string, name: string): string | undefined {
  const root = module.split('.', 1)[0] ?? '';
  const isDangerous =
    dangerousRoots.has(root) ||
    dangerousModules.has(module) ||
    dangerousNames.has(`${module}.${name}`) ||
    (isBuiltins(module) && !harmlessBuiltins.has(name));
  return isDangerous ? `${module}.${name}` : undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const isBuiltins = (module: string): boolean => module === 'builtins' || module === '__builtin__';

/** What libraries pickle of the built-in names; every other one (eval, exec, getattr, open, __import__ …) can be made to run code. */
const harmlessBuiltins = words(`
  set frozenset list dict tuple int float complex str bytes bytearray bool object slice range xrange long unicode basestring type NoneType ellipsis
  Exception ValueError TypeError KeyError IndexError RuntimeError AttributeError NotImplementedError print len sum min max abs sorted reversed
`);

/** Processes, the network, files, code and the interpreter itself: no model needs them to be loaded. */
const dangerousRoots = words(`
  os posix nt subprocess sys shutil socket ssl pty commands popen2 runpy importlib imp pkgutil ctypes _ctypes cffi code codeop bdb pdb cProfile profile
  timeit trace pydoc webbrowser asyncio _posixsubprocess multiprocessing signal requests httpx aiohttp urllib urllib2 urllib3 http httplib
  ftplib smtplib telnetlib paramiko xmlrpc pip setuptools distutils venv ensurepip tempfile linecache gc inspect
  pickle _pickle cPickle dill cloudpickle marshal shelve antigravity idlelib doctest
`);

const dangerousModules = words(
  'torch.hub torch._inductor.codecache torch.distributed.rpc numpy.testing._private.utils numpy.f2py.crackfortran numpy.distutils',
);

/** Names in otherwise ordinary modules that call, look up or compile what they are given. */
const dangerousNames = words(`
  operator.attrgetter operator.methodcaller _operator.attrgetter _operator.methodcaller types.CodeType types.FunctionType io.open _io.open io.FileIO _io.FileIO
  torch.load torch.jit.load torch.utils.cpp_extension.load torch._dynamo.guards.GuardBuilder.get torch.storage._load_from_bytes joblib.load pandas.read_pickle
  numpy.load pathlib.Path.open pathlib.Path.unlink logging.config.dictConfig
`);
