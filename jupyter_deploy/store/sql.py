"""The store on SQLAlchemy. See `ports.store` for what each method promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select

from jupyter_deploy.domain.backlog import Backlog
from jupyter_deploy.domain.deployments import (
    Activity,
    Deployment,
    DueSchedule,
    Event,
    NewVersion,
    Version,
)
from jupyter_deploy.domain.engines import Member, Seen
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.firing import Planned
from jupyter_deploy.domain.history import Failing, Past
from jupyter_deploy.domain.metrics import Measured
from jupyter_deploy.domain.runs import CellTime, Closing, Run, RunState
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.store import Claim, NewRun, RunQuery
from jupyter_deploy.store import (
    deploying,
    deployments,
    ending,
    history,
    members,
    metrics,
    publications,
    queue,
    retention,
    runs,
    scheduling,
)
from jupyter_deploy.store.rows import event_of
from jupyter_deploy.store.schema import environments, events, schedules
from jupyter_deploy.store.schema import runs as runs_table
from jupyter_deploy.store.shelf import Shelf
from jupyter_deploy.store.transactions import Transactions


class SqlStore(Shelf):
    """Every method is one transaction; each may raise Unavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._transactions = Transactions(engine)
        self._transaction = self._transactions.begin

    def deploy(self, new: NewVersion, now: datetime) -> tuple[Deployment, bool]:
        def work(connection: Connection) -> tuple[Deployment, bool]:
            created = deploying.deploy(connection, new, now)
            return deployments.one(connection, new.name), created

        return self._transactions.settle(work)

    def deployments(self) -> list[Deployment]:
        with self._transaction() as connection:
            return deployments.all_of_them(connection)

    def deployment(self, name: str) -> Deployment:
        with self._transaction() as connection:
            return deployments.one(connection, name)

    def versions(self, name: str) -> list[Version]:
        with self._transaction() as connection:
            return deployments.all_versions(connection, name)

    def set_paused(self, name: str, paused: bool, now: datetime) -> Deployment:
        with self._transaction() as connection:
            deploying.set_paused(connection, name, paused, now)
            return deployments.one(connection, name)

    def delete(self, name: str, now: datetime) -> Deployment:
        with self._transaction() as connection:
            deleted = deployments.one(connection, name)
            deploying.delete(connection, name, now)
            return deleted

    def add_run(self, new: NewRun, now: datetime) -> tuple[Run, bool]:
        def work(connection: Connection) -> tuple[Run, bool]:
            run_id, created = queue.add(connection, new, now)
            return runs.one(connection, run_id), created

        return self._transactions.settle(work)

    def runs(self, query: RunQuery) -> list[Run]:
        with self._transaction() as connection:
            return runs.page(connection, query)

    def recent(self, limit: int) -> dict[str, list[Run]]:
        with self._transaction() as connection:
            return runs.recent(connection, limit)

    def run(self, run_id: int) -> Run:
        with self._transaction() as connection:
            return runs.one(connection, run_id)

    def run_version(self, run_id: int) -> Version:
        with self._transaction() as connection:
            return runs.version(connection, run_id)

    def due_schedules(self, now: datetime, limit: int) -> list[DueSchedule]:
        with self._transaction() as connection:
            return scheduling.due(connection, now, limit)

    def next_due(self) -> datetime | None:
        with self._transaction() as connection:
            return scheduling.next_due(connection)

    def fire(self, plans: Sequence[Planned], now: datetime) -> int:
        with self._transaction() as connection:
            return scheduling.fire(connection, plans, now)

    def backlog(self, deployments: Sequence[str]) -> Backlog:
        with self._transaction() as connection:
            return queue.backlog(connection, deployments)

    def claim(self, slots: int, executor: str, now: datetime, engine: str) -> list[Claim]:
        with self._transaction() as connection:
            return queue.claim(connection, slots, executor, now, engine)

    def next_start(self) -> datetime | None:
        with self._transaction() as connection:
            return queue.next_start(connection)

    def expire(self, now: datetime) -> int:
        with self._transaction() as connection:
            return queue.expire(connection, now)

    def running(self, engine: str) -> list[Run]:
        with self._transaction() as connection:
            return runs.running(connection, engine)

    def close(self, run_id: int, fence: int, closing: Closing, now: datetime) -> bool:
        with self._transaction() as connection:
            return ending.close(connection, run_id, fence, closing, now)

    def request_cancel(self, run_id: int, now: datetime) -> Run:
        with self._transaction() as connection:
            ending.request_cancel(connection, run_id, now)
            return runs.one(connection, run_id)

    def to_cancel(self) -> list[int]:
        with self._transaction() as connection:
            return ending.to_cancel(connection)

    def join(self, member: Member, lease: float) -> Member:
        return self._transactions.settle(lambda connection: members.join(connection, member, lease))

    def renew(self, member: Member, lease: float) -> bool:
        with self._transaction() as connection:
            return members.renew(connection, member, lease)

    def take_over(self, member: Member) -> list[Run]:
        with self._transaction() as connection:
            return members.take_over(connection, member)

    def engines(self) -> list[Seen]:
        with self._transaction() as connection:
            return members.known(connection)

    def measured(self, deployment: str, names: Sequence[str], limit: int) -> list[Measured]:
        with self._transaction() as connection:
            return metrics.measured(connection, deployment, names, limit)

    def past(
        self, deployment: str, before: int | None, limit: int, state: RunState | None = None
    ) -> list[Past]:
        with self._transaction() as connection:
            return history.past(connection, deployment, before, limit, state)

    def failing(self, deployment: str) -> Failing | None:
        with self._transaction() as connection:
            return history.failing(connection, deployment)

    def cells(self, run_ids: Sequence[int]) -> dict[int, tuple[CellTime, ...]]:
        with self._transaction() as connection:
            return history.cells(connection, run_ids)

    def prunable(self, before: datetime, limit: int) -> list[Run]:
        with self._transaction() as connection:
            return retention.prunable(connection, before, limit)

    def prune(self, run_ids: Sequence[int], now: datetime) -> list[str]:
        with self._transaction() as connection:
            retention.prune(connection, run_ids, now)
            return publications.drop(connection)

    def without_files(self, run_ids: Sequence[int]) -> list[int]:
        with self._transaction() as connection:
            return retention.without_files(connection, run_ids)

    def set_pinned(self, run_id: int, pinned: bool) -> Run:
        with self._transaction() as connection:
            retention.set_pinned(connection, run_id, pinned)
            return runs.one(connection, run_id)

    def put_environment(self, environment: Environment) -> None:
        def work(connection: Connection) -> None:
            query = select(environments.c.digest).where(environments.c.digest == environment.digest)
            if connection.execute(query).one_or_none() is None:
                document = environment.to_json()
                connection.execute(
                    insert(environments).values(digest=environment.digest, document=document)
                )

        self._transactions.settle(work)

    def environment(self, digest: str) -> Environment:
        with self._transaction() as connection:
            query = select(environments.c.document).where(environments.c.digest == digest)
            document = connection.execute(query).scalar_one_or_none()
        if document is None:
            raise NotFound(f"There is no environment snapshot {digest!r}.")
        return Environment.from_json(document)

    def events(self, after: int, limit: int) -> list[Event]:
        with self._transaction() as connection:
            query = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
            return [event_of(row) for row in connection.execute(query)]

    def last_event(self) -> int:
        with self._transaction() as connection:
            return connection.execute(select(func.max(events.c.id))).scalar_one() or 0

    def activity(self) -> Activity:
        with self._transaction() as connection:

            def count(state: RunState) -> int:
                query = select(func.count()).where(runs_table.c.state == state)
                return connection.execute(query).scalar_one()

            in_force = select(func.count()).where(
                schedules.c.in_force.is_(True), schedules.c.next_due.is_not(None)
            )
            return Activity(
                queued=count(RunState.QUEUED),
                running=count(RunState.RUNNING),
                schedules=connection.execute(in_force).scalar_one(),
            )

    def dispose(self) -> None:
        self._engine.dispose()
