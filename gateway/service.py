"""One gateway process: its parts put together, run, and taken down.

Whatever differs between production and tests comes in as an argument: store, screen, assistant,
words, clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.reading import Reader, Understand
from connectors.interface import Accept, Connector, Count, MediaSource
from connectors.registry import CHANNELS
from connectors.web.connector import WebChat
from connectors.web.door import Door
from connectors.web.payloads import CHANNEL as WEB
from connectors.web.pictures import Pictures
from connectors.web.returning import PURPOSE as RETURN_CODE
from connectors.web.returning import Returning
from connectors.web.session import SessionTokens
from core.accounts import StaffRole
from core.assistant import Said
from core.clock import Clock, system_clock
from core.conversation import Conversation
from core.events import InboundEvent
from core.ids import ContactId, ConversationId
from core.ports import Assistant, DangerScreen, Phrasebook, Store
from core.retention import Retention
from core.sealing import Vault
from core.storage.observed import observed
from core.work import Lane
from gateway import http
from gateway.callers import Callers
from gateway.channels import ChannelStates, ask
from gateway.console import Console
from gateway.delivery import Deliverer
from gateway.entrances import Entrances
from gateway.expectations import SETTLED, Expectations, Facts, service_papers
from gateway.feed import LiveFeed
from gateway.health import DOWN, UP, Health
from gateway.heartbeat import Heartbeat
from gateway.intake import Intake
from gateway.media.clean import Cleaner
from gateway.media.keeper import MEDIA_LEASE, Keeper
from gateway.metrics import Metrics
from gateway.pagers import Pagers
from gateway.paging import PAGE_LEASE, Paging, acknowledge
from gateway.pipeline.aftercare import LEASE as AFTER_LEASE
from gateway.pipeline.aftercare import Aftercare, may_write_first
from gateway.pipeline.answering import Answering
from gateway.pipeline.inbound import Inbound
from gateway.pipeline.leases import INBOUND_LEASE
from gateway.pipeline.watching import Watching
from gateway.presence import GRACE, Rhythm, Vanished
from gateway.privacy.upkeep import UPKEEP_LEASE, Copies, Upkeep
from gateway.removals import Reach, Removals
from gateway.traces import TracedAssistant, TracedScreen, Traces
from gateway.webhooks import WEBHOOK_LEASE, Receivers, Webhooks, announced
from gateway.workers import Bells, Worker
from gateway.writing import Writing
from handoff.choosing import CAPACITY
from handoff.console.routes import ChannelNews
from handoff.desk import Desk
from handoff.oncall import OnCallLinks
from handoff.orientations import directory_of
from handoff.quarantine import LEASE as QUARANTINE_LEASE
from handoff.quarantine import Quarantine
from handoff.signalement.courier import LEASE as SENDING_LEASE
from handoff.staff import Staff
from handoff.tickets import Tickets

ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "connectors" / "web" / "static"
CONSOLE = ROOT / "handoff" / "console" / "static"
# What runs when the signal comes has this long to end: with what follows it must stay under the
# eight seconds after which the supervisor kills.
DRAIN_WITHIN = 4.0
POLL_EVERY = 0.25
# So many people's messages are on their way into conversations at once. They are read one after the
# other: enough that the reading never waits for the store, and no more, since whoever is in danger
# waits behind those that were begun.
ENTERING = 6


class _Hints:
    """Passes what this process wrote on to its own workers and sockets."""

    def __init__(self, bells: Bells, feed: LiveFeed) -> None:
        self._bells = bells
        self._feed = feed

    def lane_woken(self, lane: Lane) -> None:
        self._bells.ring(lane)

    def touched(
        self, conversation_id: ConversationId, contact_id: ContactId | None, at: datetime
    ) -> None:
        self._feed.tell(conversation_id, contact_id, at)


def _state_of(works: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[str]]:
    async def state() -> str:
        return UP if await works() else DOWN

    return state


@dataclass(frozen=True, slots=True)
class Doors:
    """What connectors are given: where events go in, and what is counted beside them."""

    accept: Accept
    count: Count
    notice: Callable[[InboundEvent], None]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Connections:
    """The platforms that are on, and what each must do by itself besides (polling)."""

    connectors: tuple[Connector, ...] = ()
    tasks: tuple[Callable[[], Awaitable[None]], ...] = ()
    # What newcomers are told after the welcome, by channel name.
    greetings: Mapping[str, Sequence[Said]] = field(default_factory=dict)


async def _channel_state(states: ChannelStates, name: str) -> str:
    return states.of(name)[0].value


def _channel_news(states: ChannelStates) -> Sequence[ChannelNews]:
    on = states.names()
    told = [ChannelNews(name, states.of(name)[0].value, states.of(name)[1]) for name in on]
    return [*told, *(ChannelNews(name, "off") for name in CHANNELS if name not in on)]


async def _run(task: Callable[[], Awaitable[None]]) -> None:
    await task()


class Gateway:
    """One gateway process, built from its parts; nothing runs before `run`."""

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        screen: DangerScreen,
        assistant: Assistant,
        working: Mapping[str, Callable[[], Awaitable[bool]]],
        understand: Understand,
        asks_for_human: Callable[[str], bool],
        phrases: Phrasebook,
        origins: frozenset[str] = frozenset(),
        partners: frozenset[str] = frozenset(),
        secure: bool = True,
        second_factor: Collection[StaffRole] = (),
        capacity: int = CAPACITY,
        burst: timedelta = timedelta(0),
        proxies: int = 0,
        rate_per_address: int = 600,
        assistant_patience: timedelta = timedelta(seconds=4),
        grace: timedelta = GRACE,
        clock: Clock = system_clock,
        connect: Callable[[Doors], Connections] = lambda _doors: Connections(),
        loopback_media: bool = False,
        retention: Retention = Retention(),
        copies: Copies | None = None,
        heartbeat: Heartbeat | None = None,
        traces: Traces = Traces(),
        facts: Facts = SETTLED,
        reach: Reach = Reach(),
        receivers: Receivers = Receivers(),
    ) -> None:
        metrics, bells, feed = Metrics(), Bells(), LiveFeed(clock)
        self._metrics, self._heartbeat = metrics, heartbeat
        screen, assistant = TracedScreen(screen, traces), TracedAssistant(assistant, traces)
        store = observed(announced(store, receivers), _Hints(bells, feed))
        self._store, self._feed = store, feed
        intake = Intake(store=store, screen=screen, clock=clock, metrics=metrics)
        accept = traces.intake(intake.accept)
        staff = Staff(store)
        links = OnCallLinks(
            secret=vault.derived_secret("on call"),
            base=facts.public_url,
            names=lambda: self._expectations.rota.people,
            acknowledge=partial(acknowledge, store, clock=clock),
        )
        pagers = Pagers(
            mail=facts.mail,
            secret=facts.paging_secret,
            console=f"{facts.public_url}/console/" if facts.public_url else None,
            link=links.link,
            clock=clock,
        )
        papers = service_papers(store, facts, clock, reachable=pagers.reachable)
        self._expectations = Expectations(
            store=store, facts=facts, clock=clock, reachable=pagers.reachable
        )
        expect = self._expectations.of
        paging = Paging(
            store=store,
            on_call=self._expectations.on_call,
            patience=self._expectations.patience,
            call=pagers.call,
            expect=expect,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
        )
        tokens = SessionTokens(vault.derived_secret("web session"))
        door = Door(tokens=tokens, origins=origins, clock=clock)
        returning = Returning(
            conversations=store,
            documents=store,
            tokens=tokens,
            door=door,
            secret=vault.derived_secret(RETURN_CODE),
            clock=clock,
        )
        pictures = Pictures(
            accept=accept,
            conversations=store,
            files=store,
            door=door,
            clock=clock,
            rate_per_address=rate_per_address,
        )
        self.website = WebChat(
            accept=accept,
            conversations=store,
            feed=feed,
            tokens=tokens,
            door=door,
            clock=clock,
            name_of=staff.name,
            urgent=intake.urgent,
            phrases=phrases,
            writes=self._person_writes,
            rate_per_address=rate_per_address,
            expect=expect,
        )
        connections = connect(
            Doors(accept=accept, count=metrics.unknown, notice=intake.notice, clock=clock)
        )
        self._connectors = (self.website, *connections.connectors)
        self._endless = connections.tasks
        channels = {channel.name: channel for each in self._connectors for channel in each.channels}
        self._channels = channels
        self._states = states = ChannelStates(channels, clock=clock)
        self._writing = Writing(store=store, channels=channels, clock=clock)
        inbound = Inbound(
            store=store,
            reader=Reader(screen, understand, metrics.screened.observe),
            channels=channels,
            burst=burst,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
            greetings=connections.greetings,
            expect=expect,
        )
        answering = Answering(
            store=store,
            assistant=assistant,
            channels=channels,
            asks_for_human=asks_for_human,
            burst=burst,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
            expect=expect,
        )
        aftercare = Aftercare(store=store, channels=channels, phrases=phrases, clock=clock)
        watching = Watching(store=store, phrases=phrases, clock=clock, expect=expect)
        deliverer = Deliverer(
            store=store,
            channels=channels,
            states=states,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
        )
        keeper = Keeper(
            store=store,
            sources={
                WEB: pictures,
                **{
                    name: channel
                    for name, channel in channels.items()
                    if isinstance(channel, MediaSource)
                },
            },
            cleaner=Cleaner(),
            clock=clock,
            phrases=phrases,
            loopback=loopback_media,
        )
        self._upkeep = upkeep = Upkeep(
            store=store, retention=retention, clock=clock, metrics=metrics, copies=copies
        )
        desk = Desk(store=store, phrases=phrases, clock=clock)
        removals = Removals(
            reach,
            store=store,
            desk=desk,
            vault=vault,
            phrases=phrases,
            clock=clock,
            mail=facts.mail,
            console=f"{facts.public_url}/console/" if facts.public_url else None,
        )
        self.dossiers = removals.dossiers
        quarantine = Quarantine(
            store=store, desk=desk, copies=removals.copies, phrases=phrases, clock=clock
        )
        webhooks = Webhooks(store=store, receivers=receivers, clock=clock)
        # A lease outlives the longest thing its handler waits for.
        answer_lease = 2 * assistant_patience + timedelta(seconds=20)
        self._workers = tuple(
            Worker(
                lane,
                traces.lane(lane, handler),
                store=store,
                bells=bells,
                clock=clock,
                concurrency=concurrency,
                lease_for=lease_for,
                poll_every=POLL_EVERY,
            )
            for lane, handler, concurrency, lease_for in (
                (Lane.INBOUND, inbound.enter, ENTERING, INBOUND_LEASE),
                (Lane.ASSISTANT, answering.answer, 16, answer_lease),
                (Lane.DELIVERY, deliverer.deliver, 32, timedelta(seconds=30)),
                (Lane.WATCH, watching.watch, 8, timedelta(seconds=10)),
                (Lane.MEDIA, keeper.keep, 4, MEDIA_LEASE),
                (Lane.UPKEEP, upkeep.do, 1, UPKEEP_LEASE),
                (Lane.QUARANTINE, quarantine.due, 2, QUARANTINE_LEASE),
                (Lane.SIGNALEMENT, removals.courier.carry, 2, SENDING_LEASE),
                (Lane.PAGE, paging.page, 4, PAGE_LEASE),
                (Lane.AFTER, aftercare.look, 4, AFTER_LEASE),
                (Lane.WEBHOOK, webhooks.tell, 4, WEBHOOK_LEASE),
            )
        )
        self._health = Health(
            store=store,
            components={
                **{name: _state_of(works) for name, works in working.items()},
                **{name: partial(_channel_state, states, name) for name in channels},
            },
            clock=clock,
            metrics=metrics,
        )
        rhythm = Rhythm(grace)
        self._vanished = Vanished(
            store=store,
            phrases=phrases,
            clock=clock,
            metrics=metrics,
            rhythm=rhythm,
            expect=expect,
        )
        self.console = Console(
            store=store,
            feed=feed,
            staff=staff,
            phrases=phrases,
            clock=clock,
            rhythm=rhythm,
            secure=secure,
            tickets=Tickets(vault.derived_secret("console tickets")),
            demanded=second_factor,
            expect=expect,
            channels=partial(_channel_news, states),
            capacity=capacity,
            papers=papers,
            dossiers=removals.dossiers,
            quarantine=quarantine,
            is_holiday=facts.is_holiday,
            show_typing=self._writing.show,
            reachable=partial(may_write_first, channels),
            policy=http.content_policy(()),
            build=http.build_of(CONSOLE),
        )
        self.callers = Callers()
        self.app = web.Application(
            middlewares=[self.callers.middleware, http.behind(proxies), http.answer_errors],
            client_max_size=http.BODY_LIMIT,
        )
        self.app.on_response_prepare.append(http.add_headers)
        for connector in self._connectors:
            self.app.router.add_routes(connector.routes())
        self.app.router.add_routes(returning.routes())
        self.app.router.add_routes(pictures.routes())
        self.app.router.add_routes(self._health.routes())
        self.app.router.add_routes(self.console.routes())
        self.app.router.add_routes(links.routes())
        entrances = Entrances(
            links_for=facts.links_for,
            directory=partial(directory_of, papers),
            phrases=phrases,
            policy=http.content_policy(()),
        )
        self.app.router.add_routes(entrances.routes())
        frames = ("'self'", *sorted(origins | partners))
        self.app.router.add_routes(http.pages(WIDGET, "/", http.content_policy(frames)))
        self.app.router.add_routes([http.redirect("/console", "/console/")])
        shows_files = http.content_policy((), files=True)
        self.app.router.add_routes(http.pages(CONSOLE, "/console/", shows_files))

    async def run(self, stopping: asyncio.Event, close_door: Callable[[], Awaitable[None]]) -> None:
        """Work until `stopping` is set; then `close_door` to new connections, and drain."""
        async with AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
            for connector in self._connectors:
                await connector.open()
                opened.push_async_callback(connector.close)
            endless = [
                tasks.create_task(self._feed.poll(self._store), name="feed"),
                tasks.create_task(self._health.measure(), name="measure"),
                tasks.create_task(self._expectations.watch(), name="expectations"),
                tasks.create_task(self._vanished.watch(), name="vanished"),
                tasks.create_task(self._writing.watch(), name="writing"),
                tasks.create_task(self._upkeep.begin(), name="upkeep"),
                tasks.create_task(ask(self._channels, self._states), name="channels"),
                *(tasks.create_task(_run(task), name="connector") for task in self._endless),
            ]
            if self._heartbeat is not None:
                beat = self._heartbeat.beat(self._health.keeps_messages, self._metrics)
                endless.append(tasks.create_task(beat, name="heartbeat"))
            workers = [
                tasks.create_task(worker.run(), name=f"{worker.lane} worker")
                for worker in self._workers
            ]
            await stopping.wait()
            await close_door()
            await self.leave()
            for worker in self._workers:
                worker.stop()
            _, late = await asyncio.wait(workers, timeout=DRAIN_WITHIN)
            # What is cut off here is taken up again when its lease ends.
            for task in (*late, *endless):
                task.cancel()

    def _person_writes(self, conversation: Conversation) -> None:
        self.console.person_writes(conversation)

    async def leave(self) -> None:
        """Say that we are stopping, and send every browser to reconnect elsewhere."""
        self._health.leave()
        await self.website.leave()
        await self.console.leave()
