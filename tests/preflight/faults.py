"""Notebooks with one fault each."""

from __future__ import annotations

from typing import Any

from tests.preflight.corpus import MARKDOWN, PARAMETERS, Fault

PRICES = {"data/prices.csv": "item,price\ntea,3\n"}
PANDAS = "import pandas as pd"


def fault(cause: str, cell: int, name: str, *cells: str, **more: Any) -> Fault:
    return Fault(name, cells, cause=cause, cell=cell, **more)


PACKAGES = [
    fault("missing_package", 0, "plain import", "import tabulate", "tabulate.tabulate([[1]])"),
    fault("missing_package", 1, "import with an alias", "x = 1", "import toolz.itertoolz as tz\nprint(tz.first([x]))"),
    fault("missing_package", 0, "from import", "from toolz.functoolz import identity\nidentity(1)"),
    fault("missing_package", 1, "beside others", MARKDOWN + "Title", "import json, tabulate, os"),
    fault("missing_package", 0, "in a function", "def f():\n    import tabulate\n    return tabulate", "f()"),
    fault("missing_package", 0, "as an extension", "%load_ext tabulate"),
    fault("installs_package", 0, "bang pip", "!pip install humanize", "import humanize"),
    fault("installs_package", 1, "magic pip", PANDAS, "%pip install -q humanize==4.9 'rich[all]>10'"),
    fault("installs_package", 0, "magic conda", "%conda install -y -c conda-forge humanize"),
    fault(
        "installs_package", 0, "subprocess with a list",
        "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip', 'install', 'humanize'])",
    ),
    fault("installs_package", 0, "command with a name",
          "import subprocess as sp, sys\ncommand = [sys.executable, '-m', 'pip', 'install', 'humanize']\nsp.run(command)"),
    fault("missing_package", 0, "raised again", "try:\n    import tabulate\nexcept ImportError as error:\n    raise RuntimeError('ask Priya') from error"),
    fault("missing_package", 1, "module by a constant", "import importlib\nBACKEND = 'tabulate'", "importlib.import_module(BACKEND)"),
    fault("installs_package", 0, "os.system", "import os\nos.system('python -m pip install humanize')"),
    fault("installs_package", 0, "python -m pip", "!{sys.executable} -m pip install humanize -U"),
    fault("installs_package", 0, "without a percent sign", "pip install humanize"),
    fault("installs_package", 1, "in a shell cell", "x = 1", "%%bash\ncd /tmp && pip install humanize"),
]  # fmt: skip

MODULES = [
    fault("local_module", 0, "file beside", "import helpers\nhelpers.f()", files={"helpers.py": "def f(): ..."}),
    fault("local_module", 1, "name of a package", "x = 1", "from lib import clean",
          files={"lib/__init__.py": "", "lib/clean.py": ""}),
    fault("local_module", 0, "folder without init", "from lib.clean import f\nf()", files={"lib/clean.py": "def f(): ..."}),
    fault("local_module", 0, "only its own import is left", "import helpers",
          files={"helpers.py": "import deeper", "deeper.py": ""}, takes=("helpers.py",)),
    fault("local_module", 0, "submodule is left", "import lib.clean",
          files={"lib/__init__.py": "", "lib/clean.py": "from . import words", "lib/words.py": ""},
          takes=("lib/__init__.py", "lib/clean.py")),
    fault("local_module", 1, "folder added to the path", "import sys\nsys.path.append('src')", "import helpers",
          files={"src/helpers.py": ""}),
    fault("local_module", 0, "script that is run", "%run -i setup.py", files={"setup.py": "x = 1"}),
    fault("local_module", 0, "script without its ending", "%run setup", files={"setup.py": "x = 1"}),
    fault("local_module", 0, "beside the folder above", "import sys\nfrom pathlib import Path\nROOT = Path.cwd().parent\nsys.path.insert(0, str(ROOT / 'lib'))\nimport helpers",
          files={"lib/helpers.py": ""}, path="notebooks/report.ipynb"),
    fault("local_module", 0, "folder put together", "import os, sys\nsys.path.insert(0, os.path.join('..', 'src'))\nimport helpers",
          files={"src/helpers.py": ""}, path="notebooks/report.ipynb"),
    fault("local_module", 0, "in the root above", "import sys\nsys.path.insert(0, '..')\nfrom shared import f\nf()",
          files={"shared.py": "def f(): ..."}, path="notebooks/report.ipynb"),
]  # fmt: skip

FILES = [
    fault("data_file", 1, "read_csv", PANDAS, "pd.read_csv('data/prices.csv')", files=PRICES),
    fault("data_file", 0, "open", "with open('data/prices.csv') as file:\n    print(file.read())", files=PRICES),
    fault("data_file", 0, "address of SQLite", "import sqlite3\nsqlite3.connect('file:data/x.db?mode=ro', uri=True)", files={"data/x.db": ""}),
    fault("data_file", 0, "address of SQLAlchemy", "from sqlalchemy import create_engine\ncreate_engine('sqlite:///data/x.db').connect()", files={"data/x.db": ""}),
    fault("data_file", 0, "json of open", "import json\njson.load(open('conf.json', 'r'))", files={"conf.json": "{}"}),
    fault("data_file", 1, "Path joined", "from pathlib import Path\nDATA = Path('data')",
          "text = (DATA / 'prices.csv').read_text()", files=PRICES),
    fault("data_file", 1, "os.path.join", "import os\nBASE = 'data'", "open(os.path.join(BASE, 'prices.csv'))", files=PRICES),
    fault("data_file", 0, "glob", "import glob\nfor name in glob.glob('data/*.csv'):\n    print(name)", files=PRICES),
    fault("data_file", 2, "f-string over a list", PANDAS, "frames = []",
          "for name in ['a', 'b']:\n    frames.append(pd.read_csv(f'data/{name}.csv'))",
          files={"data/a.csv": "x\n1\n", "data/b.csv": "x\n2\n"}),
    fault("data_file", 0, "numpy", "import numpy as np\nnp.loadtxt('points.txt')", files={"points.txt": "1 2"}),
    fault("data_file", 0, "own function", "def load(path):\n    return open(path).read()\n\nload('data/prices.csv')", files=PRICES),
    fault("data_file", 0, "in a folder above", "open('../data/prices.csv')", files=PRICES, path="notebooks/report.ipynb"),
    fault("data_file", 0, "iterdir", "from pathlib import Path\nfor item in Path('data').iterdir():\n    print(item)", files=PRICES),
    fault("absolute_path", 1, "absolute", PANDAS, "pd.read_csv('/home/anna/prices.csv')"),
    fault("absolute_path", 0, "of the home folder", "import os\nopen(os.path.expanduser('~/prices.csv'))"),
    fault("absolute_path", 0, "Windows", "open(r'C:\\Users\\anna\\prices.csv')"),
    fault("absolute_path", 1, "out of the project", PANDAS, "pd.read_csv('../../elsewhere/prices.csv')"),
    fault("absolute_path", 0, "a mounted disk", "from pathlib import Path\nPath('/mnt/disk7/prices.csv').read_text()"),
    fault("absolute_path", 0, "a base and an f-string",
          "base = '/Users/anna/work'\nfor year in (2024, 2025):\n    open(f'{base}/{year}.csv')"),
    fault("absolute_path", 0, "cd", "%cd /home/anna/work"),
    fault("absolute_path", 0, "path of modules", "import sys\nsys.path.append('/home/anna/lib')"),
]  # fmt: skip

NAMES = [
    fault("hidden_name", 0, "never defined", "print(frame.head())"),
    fault("hidden_name", 1, "a counter", "x = 1", "total = total + x"),
    fault("hidden_name", 1, "in a loop", "xs = [1]", "for x in xs:\n    found += x"),
    fault("hidden_name", 0, "in a function", "def area(r):\n    return factor * r", "area(2)"),
    fault("hidden_name", 1, "module not imported", "import os", "np.zeros(3)"),
    fault("hidden_name", 1, "in an f-string", "x = 1", "print(f'{x} of {count}')"),
    fault("hidden_name", 1, "deleted before", "x = 1\ndel x", "print(x)"),
    fault("hidden_name", 0, "after a magic", "%time result = compute(3)"),
    fault("hidden_name", 1, "variable of a comprehension", "ys = [y for y in (1, 2)]", "print(y)"),
    fault("out_of_order", 0, "name from below", "print(x)", "x = 1"),
    fault("out_of_order", 1, "function from below", "xs = [1]", "clean(xs)", "def clean(xs): return xs"),
    fault("out_of_order", 0, "import from below", "df = pd.DataFrame()", PANDAS),
    fault("out_of_order", 1, "a function is called too early", "def f():\n    return rate", "f()", "rate = 2"),
    fault("out_of_order", 0, "class from below", "class B(A):\n    pass", "class A:\n    pass"),
    fault("syntax_error", 1, "an unfinished line", "x = 1", "if x ==\n    print(x)"),
    fault("syntax_error", 0, "Python 2", "print 'hello'"),
]  # fmt: skip

PEOPLE = [
    fault("asks_input", 0, "input", "name = input('Who? ')"),
    fault("asks_input", 1, "getpass", "import getpass", "word = getpass.getpass()"),
    fault("asks_input", 0, "getpass by name", "from getpass import getpass\nword = getpass('Password: ')"),
    fault("asks_input", 1, "getpass under another name", "import getpass as gp", "word = gp.getpass()"),
    fault("asks_input", 0, "input under another name", "ask = input\nname = ask('Who? ')\nprint(name)"),
    fault("asks_input", 0, "in a function", "def ask():\n    return int(input('How many?'))", "ask()"),
    fault("secret_in_source", 1, "AWS", "import os", "key = 'AKIA" + "Q3EGVTX7ZLRWPOIU'"),
    fault("secret_in_source", 0, "GitHub in a comment", "# ghp_" + "a8Fk2LmQ9xZr4TbV7nWc1YpD6sGh3JuE5oKi"),
    fault("secret_in_source", 0, "joined literals", "hook = 'https://hooks.slack.com/services/' + 'T02FAKE9Q/B05NOTRE4L/aBcDeFgHiJkLmNoPqRsTuVwX'"),
    fault("secret_in_source", 0, "in what never runs", "if False:\n    password = 'tR0ub4dor&3'"),
    fault("secret_in_source", 0, "password", "password = 'tR0ub4dor&3'"),
    fault("secret_in_source", 0, "URL", "url = 'postgresql://report:s3cr3t-w0rd@db/sales'"),
    fault("secret_in_source", 0, "argument", "def connect(**given): ...\n\nconnect(user='a', api_key='9f8e7d6c5b4a39281706')"),
    fault("secret_in_source", 0, "private key", "pem = '''-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n'''"),
    fault("variable_not_set", 0, "environ", "import os\nos.environ['NO_SUCH_VARIABLE']"),
    fault("variable_not_set", 1, "getenv", "import os", "token = os.getenv('NO_SUCH_VARIABLE')\nprint(token.upper())"),
    fault("variable_not_set", 0, "environ by name", "from os import environ\nhost = environ['NO_SUCH_VARIABLE']"),
    fault("variable_not_set", 1, "environ under another name", "from os import environ as env", "host = 'https://' + env['NO_SUCH_VARIABLE']"),
    fault("variable_not_set", 0, "asked of a magic", "host = %env NO_SUCH_VARIABLE\nprint(host)"),
    fault("variable_not_set", 0, "by a method", "import os\nos.environ.__getitem__('NO_SUCH_VARIABLE')"),
    fault("variable_not_set", 0, "that the engine keeps", "import os\nos.environ['PGPASSWORD']"),
    fault("variable_not_set", 0, "get", "import os\nhost = os.environ.get('NO_SUCH_VARIABLE')"),
]  # fmt: skip

GIVEN = [
    fault("parameter_without_effect", 0, "never read", PARAMETERS + "region = 'eu'\nn = 3", "print(n)"),
    fault("parameter_without_effect", 1, "overwritten", PARAMETERS + "n = 3", "n = 5\nprint(n)"),
    fault("parameter_without_effect", 1, "loop variable", PARAMETERS + "n = 3", "for n in range(2):\n    print(n)"),
    fault("parameter_without_effect", 1, "loop variable in an f-string", PARAMETERS + "n = 3", "for n in 'ab':\n    print(f'{n}')"),
    fault("parameter_without_effect", 0, "only in a string", PARAMETERS + "region = 'eu'", "print('region')"),
    fault("derived_value_stale", 0, "f-string", PARAMETERS + "region = 'eu'\nname = f'{region}.csv'", "print(region, name)"),
    fault("derived_value_stale", 0, "sum", PARAMETERS + "n = 3\nmost = n * 2", "print(most)"),
    fault("derived_value_stale", 0, "call", PARAMETERS + "day = '2024-01-01'\nyear = int(day[:4])", "print(year, day)"),
    fault("derived_value_stale", 0, "annotated", PARAMETERS + "n: int = 3\nhalf: float = n / 2", "print(n, half)"),
    fault("declared_type", 0, "annotation", PARAMETERS + "n: int = '3'", "print(n)"),
    fault("declared_type", 0, "comment", PARAMETERS + "n = '3'  # type: int", "print(n)"),
    fault("declared_type", 0, "float for int", PARAMETERS + "n: int = 2.5", "print(n)"),
    fault("declared_type", 0, "list", PARAMETERS + "names: list[str] = 'a,b'", "print(names)"),
]  # fmt: skip

FAULTS = [*PACKAGES, *MODULES, *FILES, *NAMES, *PEOPLE, *GIVEN]
