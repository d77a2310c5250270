/**
 * What a name of Python's own library is to a pickle: `plain`, values and functions over values, of which models are made; `unusual`, of which
 * none is (most of its gadgets are there); undefined: no module of the library. Both generations of Python are meant.
 * https://docs.python.org/3/py-modindex.html
 */
export function libraryName(module: string, name: string): 'plain' | 'unusual' | undefined {
  if (!library.has(module.split('.', 1)[0] ?? '')) return undefined;
  const plain = plainNames.get(module);
  return plain === 'all' || plain?.has(name) === true ? 'plain' : 'unusual';
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Modules that hold nothing but values, and functions that do nothing but compute. */
const allPlain = words(`
  _bisect _datetime _decimal _heapq _json _strptime _struct _zoneinfo abc base64 binascii bisect calendar cmath colorsys datetime decimal difflib enum
  fnmatch fractions graphlib heapq html ipaddress itertools json json.decoder json.encoder keyword math numbers random _random statistics struct
  textwrap time token unicodedata urllib.parse urlparse zlib zoneinfo distutils.version setuptools._distutils.version
`);

/** One module a line, then its names. */
const somePlain = `
  __future__ _Feature
  _abc _abc_data
  _codecs encode decode lookup
  _collections OrderedDict defaultdict deque
  _io BytesIO StringIO
  _functools partial
  _weakref ref
  argparse Namespace
  array array _array_reconstructor
  codecs encode decode
  collections OrderedDict defaultdict deque Counter ChainMap UserDict UserList UserString namedtuple
  configparser ConfigParser RawConfigParser SafeConfigParser SectionProxy
  contextlib nullcontext
  copy_reg _reconstructor __newobj__ __newobj_ex__
  copyreg _reconstructor __newobj__ __newobj_ex__
  dataclasses Field MISSING _MISSING_TYPE _FIELD_BASE _HAS_DEFAULT_FACTORY_CLASS KW_ONLY
  functools partial partialmethod cmp_to_key
  genericpath commonprefix
  http HTTPStatus HTTPMethod
  inspect Signature Parameter _ParameterKind _empty
  io BytesIO StringIO
  logging getLogger Logger RootLogger Formatter Filter NullHandler
  ntpath basename dirname join split splitext normpath isabs
  optparse Values
  os.path basename dirname join split splitext normpath isabs
  pathlib Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath
  pathlib._local Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath
  posixpath basename dirname join split splitext normpath isabs
  queue Empty Full
  re _compile compile RegexFlag Pattern
  re._compiler compile
  signal Signals Handlers
  socket AddressFamily SocketKind
  string Template capwords
  StringIO StringIO
  cStringIO StringIO
  threading local
  types SimpleNamespace MappingProxyType GenericAlias NoneType EllipsisType
  UserDict UserDict
  UserList UserList
  uuid UUID SafeUUID
  weakref ref WeakSet WeakKeyDictionary WeakValueDictionary
  xml.etree.ElementTree Element
`;

const lines = somePlain.trim().split('\n');
/** They take their operands as they are, and look up no names. */
const operators = words(`
  abs add and_ concat contains countOf eq floordiv ge getitem gt index indexOf inv invert is_ is_not itemgetter le length_hint lshift lt matmul mod mul ne neg
  not_ or_ pos pow rshift sub truediv truth xor
`);
const typingNames = words(`
  Any AnyStr Callable ClassVar Dict Final FrozenSet Generic Iterable Iterator List Literal Mapping Optional Sequence Set Tuple Type TypeVar Union
  _GenericAlias _SpecialForm _UnionGenericAlias _CallableGenericAlias _LiteralGenericAlias _AnnotatedAlias ParamSpec Protocol NewType Annotated
`);

const plainNames: ReadonlyMap<string, ReadonlySet<string> | 'all'> = new Map<string, ReadonlySet<string> | 'all'>([
  ...[...allPlain].map((module) => [module, 'all'] as const),
  ...lines.map((line) => {
    const [module = '', ...names] = line.trim().split(' ');
    return [module, new Set(names)] as const;
  }),
  ['operator', operators],
  ['_operator', operators],
  ['typing', typingNames],
]);

/** `sys.stdlib_module_names` of Python 3.11, what came later, and what Python 2 called otherwise; without those that `pickle-globals.ts` judges. */
const library = words(`
  __future__ _abc _aix_support _android_support _apple_support _ast _ast_unparse _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _collections
  _collections_abc _colorize _compat_pickle _compression _contextvars _crypt _csv _ctypes _curses _curses_panel _datetime _dbm _decimal _elementtree
  _frozen_importlib _frozen_importlib_external _functools _gdbm _hashlib _heapq _imp _interpchannels _interpqueues _interpreters _io _ios_support _json
  _locale _lsprof _lzma _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode _opcode_metadata _operator _osx_support _overlapped _pickle
  _posixshmem _posixsubprocess _py_abc _py_warnings _pydatetime _pydecimal _pyio _pylong _pyrepl _queue _random _remote_debugging _scproxy _sha1 _sha2
  _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig
  _testcapi _testinternalcapi _testmultiphase _thread _threading_local _tkinter _tokenize _tracemalloc _types _typing _uuid _warnings _weakref _weakrefset
  _winapi _wmi _xxsubinterpreters _zoneinfo _zstd abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb
  binascii bisect bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys commands compileall compression concurrent
  configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest dummy_threading
  email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass
  gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3
  linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath
  nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath
  pprint profile profiling pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
  sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse
  ssl stat statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios test
  textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest
  urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
  anydbm BaseHTTPServer Bastion CGIHTTPServer ConfigParser Cookie cPickle cStringIO copy_reg cookielib dumbdbm gdbm httplib ihooks mhlib mimetools
  multifile new popen2 Queue rexec robotparser SimpleHTTPServer SimpleXMLRPCServer SocketServer StringIO thread Tkinter urllib2 urlparse user UserDict
  UserList whichdb xmlrpclib
`);
