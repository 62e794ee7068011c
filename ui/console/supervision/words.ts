// What supervisors read, in French.
import { french } from "../../french";
import { duration, plural } from "../strings";
import type { Light } from "./types";

const CAUSE: Record<string, string> = {
  danger_unanswered: "Un danger n’a pas de réponse",
  critical_waits: "Une urgence critique attend depuis plus d’une minute",
  waits_too_long: "Des personnes attendent trop longtemps",
  nobody_free: "Personne n’est libre pour répondre",
  channel_trouble: "Un canal ne fonctionne pas",
};
const LIGHT: Record<Light, string> = {
  green: "Tout va bien",
  amber: "À surveiller",
  red: "Agir maintenant",
};
const AVAILABILITY: Record<string, string> = {
  available: "Disponible",
  phone: "Au téléphone",
  on_phone: "Au téléphone",
  pause: "En pause",
  break: "En pause",
  off: "Fin de service",
};
const STATE: Record<string, string> = {
  up: "Fonctionne",
  paused: "En pause : rien ne part",
  off: "Éteint",
  down: "Ne répond pas",
};

const pick = (names: Record<string, string>, code: string): string =>
  Object.hasOwn(names, code) ? (names[code] as string) : code;

export const causeName = (code: string): string => pick(CAUSE, code);
export const lightName = (light: Light): string => LIGHT[light];
export const availabilityName = (code: string): string => pick(AVAILABILITY, code);
export const stateName = (code: string): string => pick(STATE, code);

const number = new Intl.NumberFormat("fr");
export const count = (value: number): string => number.format(value);
export const wait = (seconds: number): string => duration(seconds * 1000, true);
const share = new Intl.NumberFormat("fr", { style: "percent", maximumFractionDigits: 0 });
export const percent = (part: number, whole: number): string => share.format(part / whole);
export const masked = "masqué";

export const w = french({
  label: "Supervision",
  back: "Retour à la file",
  live: "En direct",
  figures: "Chiffres",
  loading: "Chargement…",
  stale: "Ces informations ne sont plus à jour. Nouvel essai en cours.",
  light: "État du service",
  waiting: "En attente",
  nobody: "Personne n’attend.",
  who: "Qui attend, par canal et par urgence",
  channel: "Canal",
  total: "Total",
  longest: "Plus longue attente",
  p90: "Attente de la dernière heure",
  p90Of: (told: string, n: number) => `9 personnes sur 10 ont eu une réponse en ${told} au plus (sur ${n})`,
  p90TooFew: (n: number) =>
    n === 0 ? "Personne n’a reçu de première réponse" : `Trop peu de premières réponses pour le dire (${n})`,
  occupancy: "Occupation de l’équipe",
  occupied: (percent: string, held: number, capacity: number) =>
    `${percent} : ${plural(held, "conversation", "conversations")} pour ${plural(capacity, "place", "places")}`,
  nobodyFree: "Personne n’est disponible",
  alarms: (n: number) => plural(n, "danger sans réponse", "dangers sans réponse"),
  heldBy: (name: string | null) => (name ? `chez ${name}` : "dans la file"),
  team: "Équipe",
  person: "Personne",
  state: "État",
  holds: "Conversations",
  notThere: "Absent",
  noTeam: "Aucun compte ne peut répondre.",
  channels: "Canaux",
  trends: "Sujets, maintenant et d’habitude",
  trendsWhy:
    "Les six dernières heures, à côté des mêmes heures des quatre semaines passées. « Vague » : beaucoup plus que le hasard n’en apporte.",
  issue: "Sujet",
  all: "Tous les sujets",
  lately: "6 heures",
  usual: "D’habitude",
  week: "7 jours",
  before: "7 jours avant",
  surge: "Vague",
  hands: "Qui tient quoi",
  handsWhy: "La personne est prévenue de qui lui répond. Lire une conversation demande une raison, qui est notée.",
  noHands: "Personne n’est en conversation.",
  urgency: "Urgence",
  since: "Depuis",
  by: "Qui",
  act: "Confier à",
  choose: "Choisir…",
  toQueue: "La file d’attente",
  give: "Confier",
  given: (to: string) => `Confiée à ${to}.`,
  about: (what: string) => `Confier la conversation : ${what}`,
  inQueue: "En attente",
  look: "Lire",
  lookAt: (what: string) => `Lire la conversation : ${what}`,
  lookWhy: "Cette lecture est notée dans le journal, avec votre raison. Personne d’autre ne la voit.",
  reason: "Pourquoi lisez-vous cette conversation ?",
  close: "Fermer",
  again: "Actualiser",
  said: "Messages",
  whisper: "Souffler",
  whisperTo: (name: string | null) => `Souffler à ${name ?? "l’écoutant"}`,
  whisperHint: "La personne ne le voit pas.",
  whispered: (name: string | null) => `Transmis à ${name ?? "l’écoutant"}.`,
  period: "Période",
  month: "Mois",
  days: "Jours",
  from: "Du",
  until: "Au",
  show: "Afficher",
  csv: "Tableur (CSV)",
  pdf: "Rapport (PDF)",
  errors: "Erreurs de tri (CSV)",
  few: (threshold: number) => `Moins de ${threshold} conversations : elles ne sont pas comptées.`,
  conversations: (n: number) => plural(n, "conversation", "conversations"),
  note: (threshold: number) =>
    `« ${masked} » : moins de ${threshold} conversations, ou un nombre qui permettrait de retrouver un nombre masqué.`,
  tooFew: "trop peu",
  asTable: "En tableau",
  chartOf: (title: string) => `${title} : graphique, le tableau suit`,
});
