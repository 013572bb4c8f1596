"""The only code that understands .ipynb."""

import sys

# nbformat loads jsonschema, which would compile this optional module's grammar of IRIs for more
# than a second. No notebook holds an IRI that anybody checks.
if "jupyter_server" not in sys.modules:  # whose process is not ours alone
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
