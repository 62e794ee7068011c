// Every word the widget shows; in "vous": vous.ts. Plain French, "tu", one idea a sentence, 15 words at most.

import { french } from "../french";

export const S = french({
  title: "Discussion",
  blankTitle: "Nouvel onglet",
  subtitle: "Gratuit et anonyme",

  exit: "Sortie rapide",

  dangerTitle: "En danger ? Appelle",
  dangerNow: "Si tu es en danger, appelle",
  dangerShown: "Les numéros d’urgence sont affichés en haut.",
  dangerSilent: "Tu ne peux pas parler ? Envoie un SMS au 114.",
  dangerMore: "Qui répond ?",
  dangerLess: "Réduire",
  dangerRegion: "Numéros d’urgence",

  hello: "Ici, tu peux en parler.",
  helloMore: "Prends ton temps. Écris avec tes mots, comme ça vient.",
  /** Without an hour, a supervisor shut the chat. */
  away: (opens: string | null) =>
    opens ? `L’équipe n’est pas là en ce moment, elle revient ${opens}.` : "L’équipe ne peut pas répondre par ici en ce moment.",
  awayMore: "Tu peux écrire quand même : un assistant répond, et ton message est gardé.",
  noticeTitle: "Avant d’écrire",
  notice: [
    "Un assistant automatique te répond d’abord. Une personne de l’équipe, un écoutant, peut prendre le relais.",
    "La discussion reste dans cet onglet. Fermé, il peut se rouvrir : « Sortie rapide » l’efface.",
    "L’historique, le wifi ou un contrôle parental peuvent montrer ta visite.",
    "N’envoie aucune image intime. Un lien ou un pseudo suffit.",
    "Si un enfant est en danger, on doit agir pour le protéger.",
  ],
  noticeExit: "« Sortie rapide », en haut, efface l’écran tout de suite.",
  noticeShift: "Trois fois Maj fait pareil.",

  log: "Messages",
  thread: "La discussion",
  me: "toi",
  assistant: "assistant automatique",
  service: "message automatique du service",
  listener: (name: string | null) => (name ? `écoutant ${name}` : "écoutant"),

  pending: "envoi…",
  kept: "reçu",
  late: "pas envoyé",
  refused: "pas envoyé",
  retry: "Réessayer",
  picture: "Image",
  pictureLost: "L’image n’est pas partie. Choisis-la à nouveau.",

  choices: "Réponses proposées",
  freeText: "Tu peux aussi écrire avec tes mots.",
  newMessages: "Nouveaux messages",

  compose: "Ton message",
  placeholder: "Écris avec tes mots",
  placeholderClosed: "Écris à nouveau ici",
  send: "Envoyer",
  more: "Autres possibilités",
  moreLater: "Ça ne s’ouvre pas. Réessaie.",
  haveCode: "J’ai un code pour revenir",
  otherWords: "Je suis un parent ou un professionnel",
  enterHint: "Entrée envoie. Maj + Entrée va à la ligne.",
  count: (used: number, limit: number) => `${used} / ${limit} caractères`,
  tooLong: "C’est trop long. Raccourcis un peu, ou coupe en deux messages.",

  connecting: "Connexion…",
  down: "Connexion perdue. On réessaie tout seul.",
  downUnsent: "Ton message est gardé ici. Il partira ensuite.",
  busy: "Le service a un souci. On réessaie tout seul.",
  queue: (wait?: string | null) =>
    `Une personne de l’équipe va te répondre. ${wait ? `Attente : ${wait}. ` : ""}Tu peux partir et revenir dans cet onglet.`,
  queueCloses: (closes: string) => `L’équipe ferme bientôt, à ${closes}. Ton message est gardé.`,
  queueAway: "Ton message est gardé. En danger, appelle.",
  thinking: "L’assistant prépare sa réponse…",
  withListener: (name: string | null) =>
    name ? `${name}, une personne de l’équipe, est avec toi.` : "Une personne de l’équipe est avec toi.",
  writing: (name: string | null) => `${name ?? "La personne"} écrit…`,
  closed: "Cette discussion est terminée. Écrire à nouveau ouvre une nouvelle conversation.",
  lost: "Cette discussion est terminée ici. Ton prochain message en ouvre une nouvelle.",
  /** What the server says in errors is "tu": other words for it, by its code. */
  errors: {} as Record<string, string>,
});

export interface HelpNumber {
  number: string;
  href: string;
  who: string;
}

const call = (number: string, who: string): HelpNumber => ({ number, href: `tel:${number.replaceAll(" ", "")}`, who });

export const NUMBERS: HelpNumber[] = [
  call("15", "Samu, urgence médicale"),
  call("17", "Police"),
  call("112", "Toutes les urgences"),
  { number: "114", href: "sms:114", who: "Par SMS, sans parler" },
  call("3114", "Idées suicidaires, jour et nuit"),
  call("119", "Enfant en danger"),
  call("3018", "Violences en ligne"),
];

/** Those of other countries, for who said that they are there. */
export const ABROAD: Record<string, HelpNumber[]> = {
  BE: [
    call("112", "Secours, en Belgique"),
    call("101", "Police, en Belgique"),
    call("0800 32 123", "Idées suicidaires, en Belgique"),
    call("103", "Jeunes, en Belgique"),
    call("107", "Pour parler, en Belgique"),
  ],
  CH: [
    call("144", "Ambulance, en Suisse"),
    call("117", "Police, en Suisse"),
    call("147", "Jeunes, en Suisse"),
  ],
  LU: [
    call("112", "Secours, au Luxembourg"),
    call("113", "Police, au Luxembourg"),
    call("116 111", "Jeunes, au Luxembourg"),
  ],
  "CA-QC": [
    call("911", "Urgences, au Québec"),
    call("988", "Idées suicidaires, au Québec"),
    call("1 800 263 2266", "Jeunes, au Québec"),
  ],
  EU: [call("112", "Urgences, en Europe")],
};

/** In danger, thoughts of suicide come first: the others keep their order. */
export const NUMBERS_NOW: HelpNumber[] = [...NUMBERS].sort(
  (a, b) => Number(b.number === "3114") - Number(a.number === "3114"),
);
