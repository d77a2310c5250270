import { libraryName } from './python-library.ts';

/** How far a name that a pickle imports reaches. `far`: to processes, files, the network, code or the interpreter; `unusual`: where no model needs to. */
export type Reach = 'far' | 'unusual';

/**
 * Undefined: nothing speaks against it. `name` may be a path of attributes, as since protocol 4: `torch.serialization` has an `os.system`, and
 * every function has its module's `__globals__`.
 */
export function reachOf(module: string, name: string): Reach | undefined {
  const root = module.split('.', 1)[0] ?? '';
  const inLibrary = libraryName(module, name);
  if (inLibrary === 'plain') return undefined;
  if (dangerousRoots.has(root) || dangerousNames.has(`${module}.${name}`)) return 'far';
  if (isBuiltins(module)) return harmlessBuiltins.has(name) || builtinFamilies.test(name) ? undefined : 'far';
  if (isAlias(module) || leadsOut(name)) return 'far';
  if (inLibrary === 'unusual') return 'unusual';
  return dangerousModules.test(`${module}.`) || callers.has(lastOf(name)) || unpickles(module, name) ? 'far' : undefined;
}

/** Functions that unpickle what they are given: PyTorch's own storages are pickled as calls of one. */
export function unpickles(module: string, name: string): boolean {
  return /^(?:torch|joblib|numpy|pandas|sklearn|keras|tensorflow|tf_keras|transformers|mlflow|xgboost|lightgbm|catboost|spacy|diffusers|safetensors)(?:\.|$)/.test(
    module,
  )
    ? loaders.has(lastOf(name))
    : false;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

export const isBuiltins = (module: string): boolean => module === 'builtins' || module === '__builtin__';

/** What libraries pickle of the built-in names; every other one (eval, exec, getattr, open, __import__ …) can be made to run code. */
const harmlessBuiltins = words(`
  set frozenset list dict tuple int float complex str bytes bytearray bool object slice range xrange long unicode basestring type NoneType ellipsis
  Ellipsis NotImplemented StopIteration KeyboardInterrupt iter enumerate zip print len sum min max abs sorted reversed round pow divmod repr hash ord chr
  memoryview int.from_bytes
`);

/** Exceptions, and the methods of values. */
const builtinFamilies =
  /^(?:(?:[A-Z][A-Za-z]*)?(?:Error|Exception|Warning)|(?:str|unicode|bytes|bytearray|dict|list|set|frozenset|tuple|int|float|complex)\.[a-z]+)$/;

/** Processes, the network, files, code and the interpreter itself: no model needs them to be loaded. */
const dangerousRoots = words(`
  os posix nt subprocess sys shutil socket ssl pty commands popen2 runpy importlib imp pkgutil ctypes _ctypes cffi code codeop bdb pdb cProfile profile
  timeit trace pydoc webbrowser asyncio _posixsubprocess multiprocessing signal requests httpx aiohttp urllib urllib2 urllib3 http httplib
  ftplib smtplib telnetlib paramiko xmlrpc pip setuptools distutils venv ensurepip tempfile linecache gc inspect
  pickle _pickle cPickle dill cloudpickle marshal shelve antigravity idlelib doctest
  IPython nose pytest _pytest jsonpickle yaml pexpect ptyprocess plumbum fabric invoke docker boto3 botocore
`);

/** Modules that other libraries import: who reaches one of them through an attribute has left the library that the name begins with. */
const wayOut = words(`
  os posix nt subprocess sys shutil socket builtins __builtin__ importlib imp pickle cPickle _pickle marshal ctypes runpy pty commands popen2 webbrowser
`);
const leadsOut = (name: string): boolean => name.split('.').some((part) => wayOut.has(part) || /^__\w+__$/.test(part));

/** A program that belongs to a module, or one of the modules that `six` has under names of its own. */
const isAlias = (module: string): boolean => /\.__main__$|(?:^|\.)six\.moves\./.test(module);

/** Of ordinary libraries: what compiles, runs, downloads or opens. */
const dangerousModules =
  /^(?:torch\.(?:hub|package|multiprocessing|_dynamo|_inductor|_appdirs|testing|utils\.(?:bottleneck|collect_env|_config_module|cpp_extension|model_zoo|hipify|data\.datapipes)|distributed\.(?:rpc|run|launch|launcher|elastic)|fx\.experimental|jit\.(?:unsupported_tensor_ops|frontend)|_ops|ops|_classes|classes)|numpy\.(?:f2py|distutils|testing|ctypeslib|lib\._?datasource|_pytesttester)|pandas\.(?:io|core\.computation|_?testing|util\._print_versions)|joblib\.externals|scipy\.(?:io|datasets|_lib\._testutils)|sklearn\.(?:datasets|utils\._testing)|tensorflow\.(?:io|python\.(?:platform|lib\.io|framework\.load_library|ops\.(?:io_ops|gen_io_ops|script_ops)))|keras\.(?:src\.)?utils\.(?:file_utils|io_utils)|huggingface_hub)\./;

/** Names that call, look up or compile what they are given. */
const dangerousNames = words(`
  operator.attrgetter operator.methodcaller operator.call _operator.attrgetter _operator.methodcaller _operator.call types.CodeType types.FunctionType
  io.open _io.open io.FileIO _io.FileIO pathlib.Path.open pathlib.Path.unlink logging.config.dictConfig
  torch.fx.graph_module.reduce_graph_module torch.fx.graph_module.reduce_package_graph_module torch.fx.graph_module.reduce_deploy_graph_module
  torch.fx.graph_module._exec_with_source torch.fx.graph_module._forward_from_src pandas.eval numpy.DataSource
`);

/** Functions by such a name do what it says, in any library. */
const callers = words(`
  system popen Popen eval exec execfile execv execve check_call check_output getoutput spawn runstring rundocs runcode run_module run_path import_module
  __import__ load_library load_op_library load_module exec_module urlopen urlretrieve open write_file write_text write_bytes unsafe_load
`);

const loaders = words(
  'load loads load_model load_pickle read_pickle from_pretrained unpickle _load_from_bytes _unpickle_model deserialize_model_from_bytecode',
);
