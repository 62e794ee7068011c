"""The few numbers that show whether Relais keeps its promises. Labels never carry content."""

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

log = structlog.get_logger()


class Metrics:
    """All metrics of one process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.accepted = Counter(
            "relais_events_accepted_total",
            "Events kept, by channel and whether they were known already.",
            ["channel", "duplicate"],
            registry=self.registry,
        )
        self.ignored = Counter(
            "relais_events_ignored_total",
            "Events that change no conversation, by channel and kind.",
            ["channel", "kind"],
            registry=self.registry,
        )
        self.quarantined = Counter(
            "relais_events_quarantined_total",
            "Events given up after repeated failures: somebody must look.",
            ["channel"],
            registry=self.registry,
        )
        self.danger = Counter(
            "relais_danger_total",
            "Critical messages, by who owned the conversation.",
            ["owner"],
            registry=self.registry,
        )
        self.unreached = Counter(
            "relais_danger_unreached_total",
            "Dangers to which everybody on call was called in vain.",
            registry=self.registry,
        )
        self.screened = Histogram(
            "relais_screen_seconds",
            "Time to screen one message for danger.",
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5),
        )
        self.entered = Histogram(
            "relais_entry_seconds",
            "From an event's acceptance to its place in the conversation.",
            registry=self.registry,
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30),
        )
        self.assistant = Histogram(
            "relais_assistant_turn_seconds",
            "Time of the assistant's turns, by result.",
            ["result"],
            registry=self.registry,
            buckets=(0.01, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2, 5),
        )
        self.late_answers = Counter(
            "relais_late_answers_total",
            "Bot answers dropped because the conversation had left the bot.",
            registry=self.registry,
        )
        self.given_back = Counter(
            "relais_given_back_total",
            "Conversations given back to the queue because their listener vanished.",
            registry=self.registry,
        )
        self.sent = Counter(
            "relais_deliveries_total",
            "Sendings, by channel and result.",
            ["channel", "result"],
            registry=self.registry,
        )
        self.purged = Counter(
            "relais_purged_total",
            "What was destroyed because it had had its time, by class.",
            ["kind"],
            registry=self.registry,
        )
        self.purged_at = Gauge(
            "relais_purged_timestamp_seconds",
            "When this process last ended a purge; 0: not yet. One process at a time does it.",
            registry=self.registry,
        )
        self.copied_at = Gauge(
            "relais_copied_timestamp_seconds",
            "When the newest copy in RELAIS_BACKUP_DIR was made; 0: there is none.",
            registry=self.registry,
        )
        self.offsite_at = Gauge(
            "relais_offsite_timestamp_seconds",
            "When RELAIS_OFFSITE last had the newest copy and its keys; 0: never; absent: not set.",
            ["target"],
            registry=self.registry,
        )
        self.heard_at = Gauge(
            "relais_heartbeat_timestamp_seconds",
            "When RELAIS_HEARTBEAT_URL last took a sign of life from this process; 0: never.",
            registry=self.registry,
        )
        self.overdue = Gauge(
            "relais_overdue_conversations",
            "Conversations past their time that are kept because somebody waits or is in danger.",
            registry=self.registry,
        )
        self.waiting = Gauge(
            "relais_waiting",
            "Conversations that wait for a listener, by urgency.",
            ["urgency"],
            registry=self.registry,
        )
        self.oldest_waiting = Gauge(
            "relais_oldest_waiting_seconds",
            "How long the longest waiting conversation waits.",
            registry=self.registry,
        )
        self.oldest_danger = Gauge(
            "relais_oldest_danger_seconds",
            "How long the oldest unanswered danger waits.",
            registry=self.registry,
        )
        self.quarantine_size = Gauge(
            "relais_quarantine_size", "Events in quarantine now.", registry=self.registry
        )
        self.component_up = Gauge(
            "relais_component_up",
            "1 when a component works, as in /health/ready.",
            ["component"],
            registry=self.registry,
        )

    def unknown(self, channel: str, what: str) -> None:
        """Count something that a connector met and did not understand, or refused."""
        self.ignored.labels(channel, "unknown").inc()
        log.info("not_understood", channel=channel, kind=what[:60])
