"""A database that breaks between two starts of the engine."""

from __future__ import annotations

from .conftest import Place, until


def test_a_damaged_database_is_restored_from_its_copy(place: Place) -> None:
    place.start_engine()
    for number in range(30):
        place.deploy(f"sales{number}", "1 + 1")
    place.json("engine", "stop")
    place.start_engine()  # copies at its start
    copies = place.data / "deploy" / "copies"
    until(lambda: list(copies.glob("*.db")))
    place.json("engine", "stop")
    database = place.data / "deploy" / "deploy.db"
    with open(database, "r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * 4096 * 4)
    place.start_engine()
    assert len(place.client.deployments()["deployments"]) == 30
    log = (place.data / "deploy" / "engine.log").read_text()
    assert "is damaged" in log
    assert "is in its place" in log
    checks = {check["name"]: check for check in place.json("doctor")["checks"]}
    assert checks["database"]["state"] == "warn"
    assert list(database.parent.glob("deploy.db.damaged-*"))
