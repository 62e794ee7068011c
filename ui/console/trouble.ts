// What became of a message that was sent: in words, with the reason and what a listener can do.
import { DELIVERY, NB } from "./strings";
import type { Delivery } from "./types";

interface Trouble {
  why: string;
  /** What a listener can do about it. */
  todo: string;
  /** Nothing sent again will arrive. */
  final?: true;
}

const TECHNICAL = "Prévenez l’équipe technique.";
const OVER = "Plus rien ne lui parvient ici.";

const WINDOW: Trouble = {
  why: "le délai pour répondre sur ce canal est passé",
  todo: "Il faut que la personne réécrive.",
};
const BLOCKED: Trouble = {
  why: "la personne a bloqué le service ou quitté le canal",
  todo: OVER,
  final: true,
};
const UNAVAILABLE: Trouble = {
  why: "la personne n’est plus joignable sur ce canal",
  todo: OVER,
  final: true,
};
const REFUSED: Trouble = { why: "refusé par la plateforme", todo: "Essayez avec d’autres mots." };
const RATE: Trouble = { why: "trop d’envois sur ce canal", todo: "Attendez une minute." };
const SILENT: Trouble = { why: "la plateforme n’a pas répondu", todo: "Attendez un peu." };
const TOKEN: Trouble = { why: "le service n’est plus autorisé sur ce canal", todo: TECHNICAL };

// By code of a delivery or a channel. The numbers are WhatsApp's, which also come with receipts.
const TROUBLE: Record<string, Trouble> = {
  window_closed: WINDOW,
  no_human_agent: WINDOW,
  "131047": WINDOW,
  blocked: BLOCKED,
  unavailable: UNAVAILABLE,
  address: UNAVAILABLE,
  chat_migrated: UNAVAILABLE,
  "131021": UNAVAILABLE,
  "131026": UNAVAILABLE,
  "130497": UNAVAILABLE,
  token: TOKEN,
  permission: TOKEN,
  account: { why: "le compte du service est suspendu ou mal réglé", todo: TECHNICAL },
  abuse: {
    why: "la plateforme limite les envois du service",
    todo: "Prévenez l’équipe technique avant tout nouvel essai.",
  },
  rate: RATE,
  "429": RATE,
  "131056": RATE,
  "130429": RATE,
  "80007": RATE,
  timeout: SILENT,
  unreachable: SILENT,
  platform: SILENT,
  refused: SILENT,
  gave_up: {
    why: "la plateforme n’a pas répondu pendant des heures",
    todo: "Vérifiez que le message est encore utile.",
  },
  taken_over: {
    why: "un écoutant avait déjà pris la conversation",
    todo: "L’assistant se tait dès qu’une personne répond.",
    final: true,
  },
  not_thread_owner: {
    why: "une autre application tient la conversation",
    todo: "Répondez depuis la boîte de la plateforme.",
  },
  channel_off: { why: "ce canal est éteint pour le moment", todo: TECHNICAL },
  conflict: { why: "ce canal est mal réglé", todo: TECHNICAL },
  too_long: { why: "le message est trop long pour ce canal", todo: "Raccourcissez-le." },
  bad_request: REFUSED,
  rejected: REFUSED,
};

function trouble(code: string | null): Trouble {
  if (code === null) return { why: "raison inconnue", todo: "" };
  const known = Object.hasOwn(TROUBLE, code) ? TROUBLE[code] : undefined;
  if (known) return known;
  return /^(http_)?5\d\d$/.test(code) ? SILENT : { why: `code ${code}`, todo: "" };
}

const then = (code: string): string =>
  trouble(code) === WINDOW
    ? "Partira quand la personne réécrira."
    : "Partira tout seul dès que possible.";

/** How far a message got, in words: what happened, why, and what to do. */
export function deliveryWords({ status, error }: Delivery): string {
  const { why, todo } = trouble(error);
  switch (status) {
    case "failed":
      return `${DELIVERY.failed}${NB}: ${why}. ${todo}`.trim();
    case "unknown":
      return `${DELIVERY.unknown}${NB}: la plateforme n’a pas confirmé. Rien ne sera renvoyé tout seul. Demandez à la personne si elle l’a reçu.`;
    case "queued":
      return error === null ? DELIVERY.queued : `${DELIVERY.queued}${NB}: ${why}. ${then(error)}`;
    default:
      return DELIVERY[status];
  }
}

/** Why a channel has trouble, where its code says more than that. */
export const channelWhy = (code: string | null): string | null =>
  code !== null && Object.hasOwn(TROUBLE, code) ? trouble(code).why : null;

/** Whether sending the same words again could work. */
export const canResend = ({ status, error }: Delivery): boolean =>
  status === "failed" && !trouble(error).final && error !== "too_long";
