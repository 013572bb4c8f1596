"""`versions --diff`: what changed, for people."""

from __future__ import annotations

from .conftest import Home


def test_what_changed_between_two_versions(deploy_home: Home) -> None:
    home = deploy_home
    home.notebook("report.ipynb", "total = 1", parameters="region = 'eu'")
    home.json("notebook", "report.ipynb")
    home.notebook("report.ipynb", "total = 2\nprint('\x1b[2J')", parameters="region = 'eu'")
    home.json("notebook", "report.ipynb", "-p", "region=us", "--cron", "@daily")
    said = home("versions", "report", "--diff", "1", "2").out
    assert "Between version 1 and version 2 differ: code, parameters, schedule." in said
    assert "~ cell 2" in said
    assert "-total = 1" in said
    assert "+total = 2" in said
    assert "\x1b" not in said
    assert "+ region  us" in said
    assert "Nothing differs" in home("versions", "report", "--diff", "2", "2").out
    document = home.json("versions", "report", "--diff", "2", "1")
    assert (document["since"], document["version"]) == (2, 1)
    assert home.error("versions", "report", "--diff", "1", "7")["type"] == "not-found"
    assert [item["version"] for item in home.json("versions", "report")["versions"]] == [2, 1]
