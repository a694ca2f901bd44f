"""The table of the fixture `numbers`: prepared statements that write and read it."""

import os
import socket
from collections.abc import Callable

from sqlalchemy import Connection, column, insert, select, table

from pims_api.storage.database import Database
from pims_api.storage.engine.statement import PreparedStatement

NUMBER = table("number", column("n"), column("above"))
ADD = PreparedStatement(insert(NUMBER))
NUMBERS = PreparedStatement(select(NUMBER.c.n).order_by(NUMBER.c.n))


def add(connection: Connection, *some: int) -> None:
    ADD.run_many(connection, [{"n": one} for one in some])


def found(connection: Connection) -> list[int]:
    return [row.n for row in NUMBERS.all(connection, {})]


def stored(database: Database) -> list[int]:
    with database.reading() as connection:
        return found(connection)


def write(database: Database, *some: int, act: Callable[[Connection], object] = id) -> None:
    with database.writing() as connection:
        add(connection, *some)
        act(connection)
        connection.commit()


def cut(connection: Connection) -> None:
    """Lose the network between the two ends."""
    with socket.socket(fileno=os.dup(connection.connection.driver_connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
