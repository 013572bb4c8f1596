"""What every process of pytest needs before anything else is loaded."""

from __future__ import annotations

import sys

# jsonschema would compile this optional module's grammar of IRIs for more than a second.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
