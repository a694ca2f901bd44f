"""Telling one webhook what it was not told yet, event by event, under a lease.

Nothing is sent inside a transaction. How far the webhook was told is stored some time after an
answer, never before it: after a crash some events are told again, under the same ids.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pims_api.clock import now_us
from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.http_exchange import HttpClient
from pims_api.connectors.webhook_request import Outcome, tell_webhook
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import (
    DEAD_IN_A_ROW_MAX,
    DELIVERED_KEPT,
    SECRET,
    Delivery,
    DeliveryState,
    FeedPlace,
    Reader,
)
from pims_api.errors import Forbidden
from pims_api.jobs.shutdown import Stop
from pims_api.jobs.webhooks.telling import Batch, Message, Telling
from pims_api.services.outlets.webhooks import switch_off
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.outlets.deliveries import asked_deliveries, forget_old, put_deliveries
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.outlets.readers import (
    NotHeld,
    claim_reader,
    note_place,
    release_reader,
)
from pims_api.storage.snapshot import snapshot
from pims_api.storage.unit_of_work import unit_of_work

CHANGES_AT_ONCE = 100
TURN_S = 5.0  # then other webhooks have their turn
_NOTE_EVERY_S = 1.0
_LEASE_TIMEOUTS = 1.5  # a lease lasts longer than an attempt can take
_ACTOR = Actor("webhooks")

REFUSED_LATELY = "The last {} deliveries were given up; the last one: {}"
GONE = "The receiver answered 410: it does not want to be told any more."


@dataclass(slots=True)
class Sending:
    """What sends to webhooks needs. tell: is given each delivery that was tried."""

    database: Database
    telling: Telling
    stop: Stop = field(default_factory=Stop)
    tell: Callable[[Delivery], None] = lambda _: None

    def find(self, reader: Reader) -> Outlet | None:
        """Return the webhook of a reader with its secret, as it is now."""
        with self.database.reading() as connection:
            return Outlets(self.database).find(connection, reader.tenant_id, reader.outlet_id)

    def batch(self, one: Outlet, place: FeedPlace) -> Batch:
        """Return the next events of a webhook. Raises Forbidden."""
        with snapshot(self.database, one.tenant_id) as seen:
            return self.telling.batch(seen, one, place, CHANGES_AT_ONCE)

    @property
    def kept(self) -> dict[DeliveryState, int]:
        """How many deliveries of a webhook are kept of the states in which nothing waits."""
        dead = self.database.settings.webhook_dead_kept
        return {DeliveryState.DELIVERED: DELIVERED_KEPT, DeliveryState.DEAD: dead}

    def lease_until(self) -> int:
        """Return until when a lease lasts that is taken or held longer now."""
        lease_s = _LEASE_TIMEOUTS * self.database.settings.webhook_timeout_s
        return now_us() + int(lease_s * 1_000_000)

    def new_client(self) -> HttpClient:
        """Return what sends requests, one after the other."""
        settings = self.database.settings
        rules = OutgoingRules.from_text(settings.outgoing_allow)
        return HttpClient(rules, settings.webhook_timeout_s)


def serve(
    sending: Sending, known: Reader, place: FeedPlace, *, asked: bool, feed: bool = True
) -> FeedPlace | None:
    """Tell a webhook what it was not told yet; return up to where there is nothing for it.

    place: from where to look, at or after the place of the reader. None: it is yet to be looked at.
    asked: whether somebody asked for deliveries. feed: whether to tell what is in the feed, too.
    """
    one = sending.find(known)
    if one is None:
        return None
    batch = None
    if not asked:
        batch = _looked(sending, one, known, place)
        if batch is None or not (batch.messages or batch.more):
            return None if batch is None else batch.end
    lease = uuid.uuid4().hex
    with sending.database.writing() as connection:
        held = claim_reader(connection, known, lease, now_us(), sending.lease_until())
        connection.commit()
    if held is None:
        return None
    if (held.place, held.revision) != (known.place, known.revision):
        one, batch = sending.find(held) or one, None  # it was changed meanwhile
    turn = _Turn(sending, one, held)
    try:
        return turn.take(batch, feed=feed)
    except NotHeld:
        return None
    finally:
        turn.end()


def _looked(sending: Sending, one: Outlet, known: Reader, place: FeedPlace) -> Batch | None:
    try:
        return sending.batch(one, place)
    except Forbidden as refused:
        _switch_off(sending, known, str(refused.faults[0].message))
        return None


class _Turn:
    """The turn of one webhook, as long as it holds the lease."""

    def __init__(self, sending: Sending, one: Outlet, held: Reader) -> None:
        self._sending = sending
        self._one = one
        self._held = held
        self._client = sending.new_client()
        self._arrived: list[Delivery] = []
        self._noted = self._begun = time.monotonic()

    def take(self, batch: Batch | None, *, feed: bool) -> FeedPlace | None:
        """Tell what was asked for and what there is in the feed. Raises NotHeld."""
        try:
            self._tell_asked()
            return self._tell_feed(batch) if feed else None
        except Forbidden as refused:
            self._note()
            _switch_off(self._sending, self._held, str(refused.faults[0].message))
            return None

    def end(self) -> None:
        """Close the connection to the receiver and give the lease back."""
        self._client.close()
        with self._sending.database.writing() as connection:
            release_reader(connection, self._held)
            connection.commit()

    def _tell_asked(self) -> None:
        sending, one = self._sending, self._one
        with sending.database.reading() as connection:
            asked = asked_deliveries(connection, one)
        for delivery in asked:
            self._check_held()
            with snapshot(sending.database, one.tenant_id) as seen:
                body = sending.telling.body(seen, one, delivery)
            outcome = Outcome(error="There is nothing to be told any more.")
            if body is not None:
                outcome = self._sent(delivery, body)
            state = DeliveryState.DEAD if outcome.error else DeliveryState.DELIVERED
            self._note(_tried(delivery, outcome, state, delivery.attempts + 1))

    def _sent(self, one: Delivery, body: bytes) -> Outcome:
        url, secret = self._one.settings["url"], self._one.secrets.get(SECRET, "")
        return tell_webhook(self._client, url, secret, one.id, body)

    def _tell_feed(self, batch: Batch | None) -> FeedPlace | None:
        while self._has_turn():
            found = batch or self._sending.batch(self._one, self._held.place)
            batch = None
            for message in found.messages:
                if not (self._has_turn() and self._told(message)):
                    return None
            self._held = replace(self._held, place=found.end)
            self._note()
            if not found.more:
                return found.end
        return None

    def _has_turn(self) -> bool:
        """Return whether to go on. Raises NotHeld when somebody changed the webhook."""
        is_over = time.monotonic() - self._begun > TURN_S or self._sending.stop.asked
        if not self._one.active or self._held.next_at > now_us() or is_over:
            self._note()
            return False
        self._check_held()
        return True

    def _check_held(self) -> None:
        """Store how far it came every second, which proves that the lease is still held."""
        if time.monotonic() - self._noted > _NOTE_EVERY_S or len(self._arrived) > DELIVERED_KEPT:
            self._note()

    def _told(self, message: Message) -> bool:
        """Tell an event; return whether the next one may be told."""
        outcome = self._sent(message.delivery, message.body)
        attempts = self._held.attempts + 1
        if outcome.error is None:
            done = _tried(message.delivery, outcome, DeliveryState.DELIVERED, attempts)
            self._arrived.append(done)
            self._held = replace(
                self._held, place=message.after, attempts=0, next_at=0, dead_in_a_row=0
            )
            self._sending.tell(done)
            return True
        return self._failed(message, outcome, attempts)

    def _failed(self, message: Message, outcome: Outcome, attempts: int) -> bool:
        waits = self._sending.database.settings.webhook_waits
        if outcome.is_gone or attempts <= len(waits):
            wait_s = 0.0 if outcome.is_gone else waits[attempts - 1]
            next_at = now_us() + int(wait_s * 1_000_000)
            self._held = replace(self._held, attempts=attempts, next_at=next_at)
            waiting = _tried(message.delivery, outcome, DeliveryState.PENDING, attempts)
            self._note(replace(waiting, next_at=None if outcome.is_gone else next_at))
            if outcome.is_gone:
                _switch_off(self._sending, self._held, GONE)
            return False
        dead = self._held.dead_in_a_row + 1
        self._held = replace(
            self._held, place=message.after, attempts=0, next_at=0, dead_in_a_row=dead
        )
        self._note(_tried(message.delivery, outcome, DeliveryState.DEAD, attempts))
        if dead < DEAD_IN_A_ROW_MAX:
            return True
        _switch_off(self._sending, self._held, REFUSED_LATELY.format(dead, outcome.error))
        return False

    def _note(self, *tried: Delivery) -> None:
        """Store how far it came. Raises NotHeld."""
        some = [*self._arrived[-DELIVERED_KEPT:], *tried]
        kept = self._sending.kept
        with self._sending.database.writing() as connection:
            self._held = note_place(connection, self._held, self._sending.lease_until())
            put_deliveries(connection, self._one, some)
            for state in {each.state for each in some} & set(kept):
                forget_old(connection, self._one, state, kept[state])
            connection.commit()
        self._arrived.clear()
        self._noted = time.monotonic()
        for one in tried:
            self._sending.tell(one)


def _tried(one: Delivery, outcome: Outcome, state: DeliveryState, attempts: int) -> Delivery:
    return replace(
        one,
        state=state,
        attempts=attempts,
        tried_at=now_us(),
        next_at=None,
        status=outcome.status,
        error=outcome.error,
        asked=False,
    )


def _switch_off(sending: Sending, known: Reader, reason: str) -> None:
    with unit_of_work(sending.database, known.tenant_id, _ACTOR) as work:
        switch_off(work, Outlets(sending.database), known, reason)
