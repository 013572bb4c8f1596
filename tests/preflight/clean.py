"""Notebooks without a fault that tempt one to see some."""

from __future__ import annotations

from typing import Any

from tests.preflight.corpus import MARKDOWN, PARAMETERS, Sample

PRICES = {"data/prices.csv": "item,price\ntea,3\n"}
PANDAS = "import pandas as pd"


def clean(name: str, *cells: str, **more: Any) -> Sample:
    return Sample(name, cells, **more)


NAMES = [
    clean("comprehensions", "xs = [1, 2]\nprint([y * z for y in xs for z in range(y)], {k: v for k, v in zip(xs, xs)})"),
    clean("walrus", "if (n := len('abc')) > 2:\n    print(n)", "print([last := x for x in (1, 2)], last, n)"),
    clean("import or else", "try:\n    import nosuchpkg\nexcept ImportError:\n    nosuchpkg = None", "print(nosuchpkg)"),
    clean("import or another", "try:\n    import nosuchpkg as t\nexcept ModuleNotFoundError:\n    import tomllib as t", "print(t)"),
    clean("suppressed import", "from contextlib import suppress\nwith suppress(ImportError):\n    import nosuchpkg"),
    clean("import for types", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nosuchpkg",
          "def f(x: 'nosuchpkg.Thing'):\n    return x"),
    clean("colab", "import sys\nif 'google.colab' in sys.modules:\n    from nosuchpkg import drive\n    drive.mount('/content/drive')"),
    clean("del", "x = 1\ny = 2\ndel x\nx = 3", "print(x, y)\nfor i in range(2):\n    pass\ndel i"),
    clean("class body", "class A:\n    size = 3\n    double = size * 2\n    def area(self):\n        return self.size * later()",
          "def later():\n    return A.double", "A().area()"),
    clean("decorators", "import functools\n\ndef twice(f):\n    @functools.wraps(f)\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner",
          "@twice\n@functools.lru_cache(maxsize=None)\ndef go(n):\n    return n", "go(1)"),
    clean("f-strings", "width = 5\nprint(f'{width!r:>{width}} {width=} {{literal}} {[w for w in (1, 2)]}')"),
    clean("lambda defaults", "k = 2\nf = [lambda x, k=k: x * k for k in range(3)]\ng = lambda *a, **kw: (a, kw, k)\nprint(f[0](1), g())"),
    clean("global", "def setup():\n    global config\n    config = {}\n\nsetup()", "print(config)"),
    clean("nonlocal", "def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n    return step", "counter()()"),
    clean("functions call each other", "def even(n):\n    return n == 0 or odd(n - 1)\n\ndef odd(n):\n    return n != 0 and even(n - 1)", "even(4)"),
    clean("function before its global", "def f():\n    return rate", "rate = 2", "f()"),
    clean("star import", "from math import *", "print(sqrt(pi))"),
    clean("match", "command = ['go', 'north', 1]\nmatch command:\n    case ['go', where, *rest] if rest:\n        print(where, rest)\n"
          "    case {'a': a, **others}:\n        print(a, others)\n    case str() as text:\n        print(text)\n    case _:\n        pass"),
    clean("quoted hints", "from __future__ import annotations\n\ndef f(x: Unknown, y: 'Other') -> Missing:\n    z: int\n    return x"),
    clean("exec", "exec('hidden = 3')", "print(hidden)"),
    clean("globals", "globals().update({'hidden': 3})", "print(hidden)"),
    clean("asked names", "try:\n    ready\nexcept NameError:\n    ready = True", "print(ready)"),
    clean("exceptions", "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)\nelse:\n    fine = 1\nfinally:\n    done = 1", "print(done)"),
    clean("previous item", "for i in range(3):\n    if i > 0:\n        print(previous)\n    previous = i"),
    clean("set in a branch", "import sys\nif sys.platform == 'linux':\n    sep = ':'\nelse:\n    sep = ';'", "print(sep)"),
    clean("main", "def main():\n    print(__name__)\n\nif __name__ == '__main__':\n    main()"),
    clean("async", "import asyncio\n\nasync def one():\n    await asyncio.sleep(0)\n    return 1", "await one()",
          "async def many():\n    for i in range(2):\n        yield i\n\nasync for i in many():\n    print(i)", "print([i async for i in many()])"),
    clean("generators and unpacking", "(a, *b), c = [1, 2], 3\nwith open('/dev/null') as (f):\n    print(a, b, c, f)\nx = y = 1\nx += y"),
]  # fmt: skip

UNREACHED = [
    clean("below a constant condition", "if False:\n    frame.to_csv('x.csv')\nelse:\n    print(1)", "while 0:\n    input()"),
    clean("function that nobody calls", "def warehouse():\n    import nosuchpkg, os\n    return os.environ['NO_SUCH_VARIABLE'], gone, input()", "1"),
    clean("function that only dead code calls", "def convert():\n    import nosuchpkg\n    return nosuchpkg", "if False:\n    convert()"),
    clean("variable that is asked for first", "import os\ndef who():\n    if os.environ.get('NO_SUCH_VARIABLE'):\n        return os.environ['NO_SUCH_VARIABLE']\n    return 'guest'", "who()"),
    clean("the first place that is there", "import os\n[p for p in ('/mnt/share/x', os.path.join('~', 'x')) if os.path.isdir(p)]"),
    clean("paths that are no files", "from pathlib import PurePosixPath\nPurePosixPath('/home/ada/a.csv').stem", "rules = {'win': r'C:\\Windows\\System32'}\nrules"),
    clean("another folder", "import os, tempfile\nos.chdir(tempfile.mkdtemp())\nopen('in.csv', 'w').close()\nos.makedirs('sub')\nos.chdir('sub')", "open('../in.csv').close()"),
    clean("asks only a person", "import sys\nasks = sys.stdin.isatty()\ndef ask(q, usual):\n    return input(q) if asks else usual", "ask('?', 1)"),
    clean("asks or else", "try:\n    who = input()\nexcept Exception:\n    who = 'batch'", "print(who)"),
    clean("own input and getpass", "def input(q):\n    return q\ngetpass = lambda q: q", "input('?') + getpass('!')"),
    clean("arguments called input", "def run(input, getpass=str.upper):\n    return getpass(input)", "run('x')"),
    clean("stub of a module", "import sys, types\nsys.modules['nosuchpkg'] = types.ModuleType('nosuchpkg')", "import nosuchpkg"),
    clean("variables of a mock", "import os\nfrom unittest import mock\nwith mock.patch.dict(os.environ, {'NO_SUCH_VARIABLE': '1'}):\n    print(os.environ['NO_SUCH_VARIABLE'])"),
    clean("variable that a magic sets", "%env NO_SUCH_VARIABLE=nl", "import os\nos.environ['NO_SUCH_VARIABLE']"),
    clean("values of a table", "import pandas as pd\npd.DataFrame({'home': ['/home/ada/x', '/Users/bob']})"),
    clean("path that is only looked at", "import os\nHERE = os.path.dirname(os.path.abspath('notes.txt'))", files={"notes.txt": ""}),
    clean("optional file", "from pathlib import Path\nnotes = Path('notes.txt')", "text = notes.read_text() if notes.is_file() else ''",
          files={"notes.txt": ""}),
]  # fmt: skip

IPYTHON = [
    clean("names of a shell cell", "%%bash --out listing --err said\necho hi", "print(listing, said)"),
    clean("first line of timeit", "%%timeit -n 1 -r 1 data = [1, 2]\nsum(data)"),
    clean("magics by hand", "ip = get_ipython()\nip.run_cell_magic('capture', 'cap', 'print(1)')\nip.run_line_magic('precision', '3')", "cap.stdout"),
    clean("names of IPython", "1 + 1", "print(_, __, _i, In, Out, _1, _i1)\nget_ipython().run_line_magic('who', '')\ndisplay(_oh)"),
    clean("matplotlib inline", "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n%autoreload 2", "x = 1"),
    clean("pylab", "%pylab inline", "plot(linspace(0, 1))"),
    clean("run and store", "%run setup.py\n%store -r", "print(from_setup)", files={"setup.py": "from_setup = 1"}, takes=("setup.py",)),
    clean("capture", "%%capture out --no-stderr\nx = 1\nprint(x)", "out.show()\nprint(x)"),
    clean("time", "%%time\ntotal = sum(range(9))", "%timeit -n 3 -r 1 sum(range(total))\n%time more = total"),
    clean("shell", "files = !ls\nhere = %pwd\nprint(files, here)", "!echo {here} && echo $PATH", "ls -la", "?print"),
    clean("other languages", "%%bash\nfor f in *.csv; do echo $f; done", "%%html\n<b>{{ x }}</b>", "%%javascript\nlet x = undefinedName"),
    clean("a written module", "%%writefile made.py\ndef f():\n    return 1", "import made\nmade.f()"),
    clean("unknown magic", "from IPython.core.magic import register_cell_magic\n\n@register_cell_magic\ndef sql(line, cell):\n    get_ipython().user_ns['out'] = cell",
          "%%sql out <<\nselect * from t", "print(out)"),
    clean("pip without install", "!pip list", "%pip show pandas", "import subprocess\nsubprocess.run(['echo', 'install', 'pip'])"),
]  # fmt: skip

FILES = [
    clean("addresses", PANDAS + "\npd.read_csv('https://example.org/data/prices.csv')\npd.read_parquet('s3://bucket/prices.parquet')", files=PRICES, runs=False),
    clean("written only", PANDAS + "\ndf = pd.DataFrame()\ndf.to_csv('out.csv')\nopen('log.txt', 'w').write('x')", files={"out.csv": "", "log.txt": ""}),
    clean("written, then read", PANDAS + "\npd.DataFrame({'a': [1]}).to_csv('out.csv')", "pd.read_csv('out.csv')", files={"out.csv": ""}),
    clean("taken along", PANDAS + "\nfrom pathlib import Path\npd.read_csv(Path('data') / 'prices.csv')",
          "from lib import clean", files={**PRICES, "lib/__init__.py": "", "lib/clean.py": "import json"}, takes=("data", "lib/**/*.py")),
    clean("not there", "import os\nif os.path.exists('cache.bin'):\n    print(open('cache.bin').read())", files={"cache.bin": ""}),
    clean("forgiven", "try:\n    text = open('notes.txt').read()\nexcept FileNotFoundError:\n    text = ''", files={"notes.txt": ""}),
    clean("looks like a path", "print('data/prices.csv')\nlabel = 'and/or'\nroute = '/api/users'\nratio = 'km/h'\n'data/prices.csv'.split('/')", files=PRICES),
    clean("temporary", "import tempfile\nfrom pathlib import Path\nwith tempfile.TemporaryDirectory() as folder:\n    (Path(folder) / 'a.txt').write_text('x')\n"
          "with open('/tmp/scratch.txt', 'w') as f:\n    f.write('x')\nprint(open('/tmp/scratch.txt').read())"),
    clean("system files", "print(open('/proc/self/status').read(9), open('/etc/hostname').read())"),
    clean("a path as parameter", PARAMETERS + "source = '/mnt/disk/prices.csv'", PANDAS + "\npd.read_csv(source)", runs=False),
    clean("Markdown", MARKDOWN + "Run `pip install x`, see [a](/home/anna/x.csv)", "x = 1"),
]  # fmt: skip

OTHERS = [
    clean("variables with defaults", "import os\nos.environ.get('NO_SUCH_VARIABLE', 'x')\nos.getenv('NO_SUCH_VARIABLE') or 'x'\nos.environ['PATH']"),
    clean("variable that is asked for", "import os\nif 'NO_SUCH_VARIABLE' in os.environ:\n    print(os.environ['NO_SUCH_VARIABLE'])\n"
          "value = os.getenv('ANOTHER_ONE')\nif value is None:\n    value = 'x'"),
    clean("variable that is set", "import os\nos.environ['MY_OWN_VARIABLE'] = '1'", "print(os.environ['MY_OWN_VARIABLE'])"),
    clean("placeholders", "password = 'changeme'\ntoken = '<your token>'\napi_key = 'xxxxxxxxxxxxxxxx'\nsecret = ''\nurl = 'http://user:password@host/'"),
    clean("secrets from elsewhere", "import os\npassword = os.environ.get('PW', '')\ntoken_url = 'https://example.org/oauth/token'\n"
          "password_field = 'password_hash'\ntokenizer = 'bert-base-uncased'"),
    clean("own input", "def input(prompt):\n    return 'x'\n\nprint(input('?'))"),
    clean("parameters", PARAMETERS + "n: int = 3\nrate: float = 1\nname: str | None = None\ntags: list[str] = []\nday = None  # type: str", "print(n, rate, name, tags, day)"),
    clean("parameters in queries", PARAMETERS + "low = 3\nregion = 'eu'", PANDAS + "\npd.DataFrame({'a': [1]}).query('a > @low')", "!echo {region}"),
    clean("parameter made whole", PARAMETERS + "n = '3'\nday = None", "n = int(n)\nday = day or 'today'", "print(n, day)"),
    clean("parameter in a function", PARAMETERS + "factor = 2", "def f(x):\n    return x * factor", "f(1)"),
    clean("imports in the parameters cell", PARAMETERS + "import datetime\nday = datetime.date(2024, 1, 1)", "print(day)"),
]  # fmt: skip

CLEAN = [*NAMES, *UNREACHED, *IPYTHON, *FILES, *OTHERS]
