// Every word a listener reads. Typography: no-break space before ; : ! ? and inside « ».
import type { Delivery, Message, Outcome, Summary, Urgency } from "./types";

const NB = "\u00a0";

export const URGENCY: Record<Urgency, string> = {
  critique: "Critique",
  elevee: "Élevée",
  moderee: "Modérée",
  faible: "Faible",
};

const ISSUE: Record<string, string> = {
  cyberharcelement: "Cyberharcèlement",
  revenge_porn: "Images intimes diffusées",
  sextorsion: "Sextorsion",
  grooming: "Manipulation par un adulte",
  piratage_compte: "Compte piraté",
  usurpation_identite: "Usurpation d’identité",
  contenu_choquant: "Contenu choquant",
  haine_discrimination: "Haine, discrimination",
  violences_sexistes: "Violences sexistes",
  surexposition_ecrans_jeux: "Écrans et jeux en excès",
  controle_parental: "Contrôle parental",
  parametrage_compte: "Réglages de compte",
  arnaque: "Arnaque",
  ideation_suicidaire: "Idées suicidaires",
  danger_physique: "Danger physique",
  autre_hors_sujet: "Autre sujet",
  salutation: "Simple salutation",
  demande_humain: "Demande à parler à quelqu’un",
};

const ROLE: Record<string, string> = {
  victime_mineure: "Victime mineure",
  victime_majeure: "Victime majeure",
  victime_age_inconnu: "Victime, âge inconnu",
  parent: "Parent",
  temoin_ami: "Témoin ou proche",
  professionnel: "Professionnel",
  inconnu: "Rôle inconnu",
};

const AGE: Record<string, string> = {
  moins_13: "moins de 13 ans",
  moins_15: "moins de 15 ans",
  "15_17": "15 à 17 ans",
  majeur: "18 ans ou plus",
  non_dit: "âge non dit",
};

const PLATFORM: Record<string, string> = {
  tiktok: "TikTok",
  whatsapp: "WhatsApp",
  youtube: "YouTube",
  bereal: "BeReal",
  onlyfans: "OnlyFans",
  leboncoin: "Leboncoin",
  paypal: "PayPal",
  ngl: "NGL",
  "ome.tv": "OmeTV",
  twitter: "X (Twitter)",
  inconnu: "Plateforme inconnue",
};

const CHANNEL: Record<string, string> = {
  web: "Site",
  whatsapp: "WhatsApp",
  messenger: "Messenger",
  instagram: "Instagram",
  telegram: "Telegram",
};

const FACT: Record<string, string> = {
  role: "Qui écrit",
  age: "Âge",
  age_band: "Tranche d’âge",
  platform: "Plateforme",
  since: "Depuis quand",
  demand: "Ce qui est exigé",
  death_thoughts: "Pense à mourir",
  issue: "Sujet",
  name: "Prénom ou pseudo",
  place: "Lieu",
  means: "Moyen à portée",
  deadline: "Délai donné",
  author: "Auteur",
  evidence: "Preuves gardées",
  paid: "A déjà payé",
  story: "Récit",
};

// After « On ne sait pas encore : ».
const UNKNOWN: Record<string, string> = {
  role: "qui écrit",
  age: "l’âge",
  age_band: "l’âge",
  platform: "la plateforme",
  since: "depuis quand",
  issue: "le sujet",
  death_thoughts: "si la personne pense à mourir",
  demand: "ce qui est exigé",
  place: "où est la personne",
  means: "si un moyen est à portée",
  author: "si l’auteur est connu",
};

const VALUE: Record<string, string> = { oui: "oui", non: "non", non_dit: "n’a pas souhaité le dire", connu: "connu", inconnu: "inconnu" };

// The danger screen's rules. One that is missing here is shown in its own words.
const RULE: Record<string, string> = {
  suicide_annonce: "Annonce de suicide",
  moyen_en_main: "Moyen de se tuer à portée",
  geste_en_cours: "Geste suicidaire en cours",
  adieux: "Adieux",
  adieux_possibles: "Adieux possibles",
  tentative_recente: "Tentative de suicide récente",
  tentative: "Tentative de suicide",
  tiers_va_passer_a_l_acte: "Un proche va passer à l’acte",
  suicide_autre_langue: "Annonce de suicide, dans une autre langue",
  ideation_autre_langue: "Idée suicidaire, dans une autre langue",
  envie_de_mourir: "Envie de mourir",
  plus_envie_de_vivre: "Plus envie de vivre",
  idees_noires: "Idées noires",
  suicide_accompli: "Suicide d’un proche",
  automutilation: "Automutilation",
  automutilation_nommee: "Automutilation évoquée",
  on_lui_dit_de_mourir: "On lui dit de mourir",
  detresse: "Grande détresse",
  violence_en_cours: "Violence en cours",
  agression_sexuelle_recente: "Agression sexuelle récente",
  agression_sexuelle: "Agression sexuelle",
  maltraitance: "Maltraitance",
  coups: "Coups",
  menace_de_mort: "Menace de mort",
  menaces: "Menaces",
  chantage: "Chantage",
  images_diffusees: "Images intimes diffusées",
  meute: "Harcèlement en groupe",
  rencontre: "Rencontre avec un adulte",
  lecture_critique: "Se lit comme un danger immédiat",
  lecture_elevee: "Se lit comme une situation grave",
  signes_suicidaires: "Plusieurs signes suicidaires",
  signes_suicidaires_tiers: "Plusieurs signes suicidaires, chez un proche",
  signes_de_violence: "Plusieurs signes de violence",
  signes_de_violence_sexuelle: "Plusieurs signes de violence sexuelle",
  signes_de_rencontre: "Signes d’un adulte qui approche un mineur",
  signes_de_chantage: "Signes de chantage aux images",
};

export const OUTCOME: Record<Outcome, { name: string; hint: string }> = {
  helped: { name: "Aide apportée", hint: "écoute, conseils, information" },
  oriented: { name: "Orientation", hint: "vers un autre service ou un proche" },
  signalement: { name: "Signalement", hint: "dossier transmis à une plateforme ou une autorité" },
  emergency: { name: "Urgence", hint: "secours appelés, ou personne confiée à eux" },
  silent: { name: "Silence", hint: "la personne n’écrit plus" },
  abusive: { name: "Abus", hint: "insultes, provocation, jeu" },
  off_topic: { name: "Hors sujet", hint: "ne relève pas du service" },
};

export const AUTHOR: Record<Exclude<Message["author"], "listener">, string> = {
  person: "Personne",
  bot: "Assistant automatique",
  service: "Message du service",
};

export const DELIVERY: Record<Delivery["status"], string> = {
  queued: "En attente d’envoi",
  sent: "Envoyé",
  delivered: "Reçu",
  read: "Lu",
  failed: "Non remis",
  unknown: "Remise incertaine : peut-être reçu, ne sera pas renvoyé",
};
const DELIVERY_ERROR: Record<string, string> = {
  channel_off: "ce canal est éteint pour le moment",
  window_closed: "le délai pour répondre sur ce canal est passé",
  outside_window: "le délai pour répondre sur ce canal est passé",
  blocked: "la personne a bloqué le service ou quitté le canal",
  forbidden: "la personne a bloqué le service ou quitté le canal",
  unreachable: "la personne n’est plus joignable sur ce canal",
  unavailable: "la personne n’est plus joignable sur ce canal",
  auth: "le service n’est plus autorisé sur ce canal",
  unauthorized: "le service n’est plus autorisé sur ce canal",
  throttled: "trop d’envois sur ce canal",
  too_long: "le message est trop long pour ce canal",
  expired: "le message a attendu trop longtemps",
  rejected: "refusé par la plateforme",
  gave_up: "la plateforme n’a pas répondu",
};

/** One ready sentence per number, inserted in the draft and never sent by itself. */
export const NUMBERS = [
  {
    number: "15",
    what: "SAMU",
    tu: `Tu peux appeler le 15 maintenant${NB}: c’est gratuit, ce sont les médecins des urgences.`,
    vous: `Vous pouvez appeler le 15 maintenant${NB}: c’est gratuit, ce sont les médecins des urgences.`,
  },
  {
    number: "114",
    what: "SMS",
    tu: "Si tu ne peux pas parler, envoie un SMS au 114. C’est gratuit, ils envoient les secours.",
    vous: "Si vous ne pouvez pas parler, envoyez un SMS au 114. C’est gratuit, ils envoient les secours.",
  },
  {
    number: "3114",
    what: "suicide",
    tu: "Tu peux appeler le 3114, gratuit, jour et nuit. Ils savent écouter quand on pense à mourir.",
    vous: "Vous pouvez appeler le 3114, gratuit, jour et nuit. Ils savent écouter quand on pense à mourir.",
  },
  {
    number: "119",
    what: "enfance",
    tu: "Tu peux appeler le 119, gratuit, jour et nuit. Ils protègent les enfants en danger.",
    vous: "Vous pouvez appeler le 119, gratuit, jour et nuit. Ils protègent les enfants en danger.",
  },
] as const;

/** Adults are addressed as "vous", everyone who may be young as "tu". */
export const isVous = (role: string | null): boolean =>
  role === "parent" || role === "professionnel" || role === "victime_majeure";

export const words = (id: string): string => {
  const plain = id.replaceAll("_", " ").trim();
  return plain.charAt(0).toLocaleUpperCase("fr") + plain.slice(1);
};

// Labels come from the server, so a prototype's property ("constructor") must never match.
const of = (map: Record<string, string>, id: string): string | undefined =>
  Object.hasOwn(map, id) ? map[id] : undefined;

export const issueName = (id: string | null): string =>
  id === null ? "Sujet à préciser" : (of(ISSUE, id) ?? words(id));
export const roleName = (id: string | null): string =>
  id === null ? "Rôle inconnu" : (of(ROLE, id) ?? words(id));
export const channelName = (id: string): string => of(CHANNEL, id) ?? words(id);
export const ruleName = (id: string): string =>
  of(RULE, id) ?? words(id);
export const factName = (name: string): string => of(FACT, name) ?? words(name);
export const unknownName = (name: string): string => of(UNKNOWN, name) ?? words(name).toLowerCase();
export const deliveryError = (code: string): string =>
  of(DELIVERY_ERROR, code) ?? `code ${code}`;

export function ageName(band: string | null): string | null {
  if (band === null) return null;
  const range = /^(\d+)-(\d+)$/.exec(band);
  if (range) return `${range[1]}–${range[2]}${NB}ans`;
  return of(AGE, band) ?? words(band).toLowerCase();
}

export function platformName(platforms: string | null): string | null {
  if (!platforms) return null;
  return platforms
    .split("+")
    .map((one) => of(PLATFORM, one) ?? words(one))
    .join(" + ");
}

export function factValue(name: string, value: string): string {
  if (name === "role") return roleName(value);
  if (name === "age" && /^\d+$/.test(value)) return `${value}${NB}ans`;
  if (name === "age_band") return ageName(value) ?? value;
  if (name === "platform") return platformName(value) ?? value;
  if (name === "issue") return issueName(value);
  return of(VALUE, value) ?? value;
}

export const who = (of_: Pick<Summary, "role" | "age_band">): string =>
  [roleName(of_.role), ageName(of_.age_band)].filter(Boolean).join(" · ");

export function confidence(value: number): string {
  const percent = `${Math.round(value * 100)}${NB}%`;
  return `${value >= 0.8 ? "forte" : value >= 0.5 ? "moyenne" : "faible"} (${percent})`;
}

export const plural = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("fr")}${NB}${count > 1 ? many : one}`;

/** "42 s", "4 min", "4 min 05 s" where seconds matter, "1 h 05". */
export function duration(ms: number, seconds = false): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const s = total % 60;
  const min = Math.floor(total / 60) % 60;
  const h = Math.floor(total / 3600);
  const two = (n: number) => String(n).padStart(2, "0");
  if (h >= 48) return `${Math.floor(h / 24)}${NB}jours`;
  if (h) return `${h}${NB}h${NB}${two(min)}`;
  if (!min) return `${s}${NB}s`;
  return seconds ? `${min}${NB}min${NB}${two(s)}${NB}s` : `${min}${NB}min`;
}

export const t = {
  product: "Relais",
  console: "Console d’écoute",
  signIn: {
    title: "Connexion",
    login: "Identifiant",
    password: "Mot de passe",
    show: "Afficher le mot de passe",
    submit: "Se connecter",
    busy: "Connexion…",
    empty: "Saisissez votre identifiant et votre mot de passe.",
    expired: "Votre session a pris fin. Reconnectez-vous : vos brouillons sont gardés dans cet onglet.",
    stillOpen:
      "Le serveur n’a pas répondu : la session n’est peut-être pas fermée. Reconnectez-vous puis déconnectez-vous.",
    loading: "Chargement…",
    unreachable: "Le serveur ne répond pas.",
    retry: "Réessayer",
  },
  newPassword: {
    title: "Choisissez votre mot de passe",
    why: "C’est votre première connexion. Remplacez le mot de passe que l’on vous a donné.",
    old: "Mot de passe actuel",
    first: "Nouveau mot de passe",
    rule: "12 caractères au moins. Une phrase de quelques mots convient bien.",
    second: "Le même, encore une fois",
    submit: "Enregistrer et entrer",
    short: "Il faut au moins 12 caractères.",
    differ: "Les deux saisies sont différentes.",
    same: "Choisissez un mot de passe différent de l’actuel.",
    emptyOld: "Saisissez votre mot de passe actuel.",
  },
  top: {
    help: "Aide",
    logout: "Se déconnecter",
    connected: "Connecté",
    connecting: "Connexion…",
    offline: "Hors ligne",
  },
  status: {
    label: "État de la file",
    calm: "Personne n’attend.",
    waiting: (n: number) => `${n.toLocaleString("fr")} en attente`,
    longest: (wait: string) => `plus longue attente ${wait}`,
  },
  alarm: {
    label: "Alerte danger",
    one: "Danger sans réponse depuis",
    many: (n: number) => `${n} personnes en danger sans réponse, depuis`,
    take: "Prendre",
    which: " cette conversation",
    open: "Ouvrir",
    answer: "Répondre",
    held: (name: string | null) => (name ? `Chez ${name}` : "Chez un autre écoutant"),
    spoken: (what: string) => `Alerte. Danger sans réponse. ${what}`,
  },
  offline: {
    label: "Connexion",
    text: (at: string) => `Connexion perdue. Ce qui s’affiche date de ${at}. Nouvel essai en cours…`,
    refused: "Le serveur refuse la connexion depuis cette adresse.",
    retry: "Réessayer maintenant",
  },
  queue: {
    title: "File d’attente",
    next: "Prendre le prochain",
    nextBusy: "Un instant…",
    take: "Prendre",
    takeLabel: (what: string) => `Prendre : ${what}`,
    empty: "La file est vide. Les nouvelles demandes s’affichent ici d’elles-mêmes.",
    loading: "Chargement de la file…",
    incomplete: "Triage incomplet",
    danger: "Danger depuis",
    dangerShort: "Danger",
    dangerSince: "depuis",
    left: "N’est plus en attente",
    frozen: "Ordre figé",
    frozenChanges: (n: number) => `Ordre figé · ${plural(n, "changement", "changements")}`,
    frozenCritical: (n: number) => `, dont ${plural(n, "critique", "critiques")}`,
    refresh: "Remettre dans l’ordre",
    waits: "Attend depuis",
    also: "et",
    unknownPlatform: "Plateforme inconnue",
    columns: ["Urgence", "Attente", "Sujet", "Qui", "Plateforme, canal"],
    by: (channel: string) => `par ${channel}`,
    one: (what: string) => `Nouvelle conversation en attente : ${what}.`,
    several: (n: number, critical: number) =>
      `${n} nouvelles conversations en attente${critical ? `, dont ${critical} critique${critical > 1 ? "s" : ""}` : ""}.`,
  },
  mine: {
    title: "Mes conversations",
    empty: "Aucune conversation ouverte.",
    unread: (n: number) => plural(n, "nouveau message", "nouveaux messages"),
    unreadSome: "À lire",
    draft: "Brouillon",
    unsent: "Envoi en attente",
    openedAt: (at: string) => `ouverte à ${at}`,
    news: (what: string) => `Nouveau message : ${what}.`,
  },
  conversation: {
    back: "Retour",
    label: "Conversation",
    messages: "Messages",
    card: "Fiche",
    close: "Terminer",
    loading: "Chargement de la conversation…",
    failed: "La conversation ne s’est pas ouverte.",
    retry: "Réessayer",
    latest: "Aller aux derniers messages",
    newBelow: "Nouveaux messages plus bas",
    me: "Moi",
    listener: (name: string) => `${name} (écoutant)`,
    unknownListener: "Un écoutant",
    offered: "Réponses proposées :",
    tapped: "réponse choisie par bouton",
    reuse: "Reprendre le texte",
    today: "Aujourd’hui",
    lostTaken: "Cette conversation n’est plus parmi les vôtres.",
    lostClosed: "Cette conversation est terminée.",
    lostDraft: "Votre brouillon n’a pas été envoyé :",
    lostOk: "Fermer",
    reasonAria: "Mots repérés",
  },
  card: {
    label: "Fiche de la personne",
    why: "Pourquoi cette urgence",
    noReason: "Aucun mot d’alerte repéré.",
    issue: "Sujet",
    also: "Aussi",
    confidence: "Confiance du triage",
    role: "Qui écrit",
    age: "Âge",
    platform: "Plateforme",
    channel: "Canal",
    facts: "Ce qui a été dit",
    noFacts: "Rien de relevé pour l’instant.",
    shown: "Déjà montré à la personne",
    noShown: "Rien n’a encore été montré.",
    unknown: "On ne sait pas encore",
    notKnown: "on ne sait pas encore",
    incomplete: "Triage incomplet : l’assistant n’a pas pu finir ses questions.",
    seeMessage: (seq: number) => `voir le message ${seq}`,
    fromChoice: "par bouton ou formulaire",
  },
  reply: {
    label: "Votre réponse",
    placeholder: "Écrire à la personne…",
    send: "Envoyer",
    hint: "Entrée envoie · Maj + Entrée va à la ligne",
    hintTouch: "",
    count: (n: number) => `${n.toLocaleString("fr")} / 4${NB}000`,
    tooLong: (over: number) =>
      `Trop long de ${plural(over, "caractère", "caractères")}. Raccourcissez ou envoyez en deux fois.`,
    numbers: "Numéros à donner",
    insert: (number: string, what: string) => `${number} ${what} : insérer la phrase dans la réponse`,
    sending: "Envoi…",
    retrying: "Pas encore envoyé. Nouvel essai automatique.",
    retryNow: "Réessayer maintenant",
    notSent: "Non envoyé.",
    takeBack: "Reprendre le texte",
    discard: "Effacer",
  },
  close: {
    title: "Terminer la conversation",
    legend: "Comment s’est-elle terminée ?",
    required: "Choisissez comment la conversation s’est terminée.",
    submit: "Terminer la conversation",
    busy: "Un instant…",
    cancel: "Annuler",
    draft: "Votre brouillon non envoyé sera effacé.",
    pending: "Une réponse n’est pas encore partie. Attendez son envoi avant de terminer.",
    danger: "Cette personne est en danger et n’a pas encore reçu de réponse.",
    done: "Conversation terminée.",
  },
  logout: {
    title: "Se déconnecter ?",
    mine: (n: number) =>
      n > 1
        ? `Vos ${n} conversations restent ouvertes à votre nom : personne d’autre ne les verra.`
        : "Votre conversation reste ouverte à votre nom : personne d’autre ne la verra.",
    drafts: "Vos textes non envoyés seront effacés de cet ordinateur.",
    submit: "Se déconnecter",
    cancel: "Rester",
  },
  help: {
    title: "Aide",
    close: "Fermer",
    keys: "Raccourcis clavier",
    single: "Raccourcis à une seule touche actifs",
    singleWhy: "Ils n’agissent jamais pendant que vous écrivez. La touche ? reste toujours active.",
    list: [
      ["N", "Prendre le prochain (le plus urgent)"],
      ["F", "Aller à la file d’attente, puis ↑ ↓ et Entrée"],
      ["J / K", "Conversation suivante / précédente"],
      ["R", "Aller à la réponse"],
      ["M", "Aller aux messages"],
      ["I", "Aller à la fiche"],
      ["T", "Terminer la conversation"],
      ["O", "Remettre la file dans l’ordre"],
      ["Échap", "Quitter la réponse ; puis revenir à la file"],
      ["Entrée", "Envoyer la réponse (Ctrl + Entrée aussi)"],
      ["Maj + Entrée", "Aller à la ligne dans la réponse"],
      ["?", "Cette aide"],
    ] as [string, string][],
    order:
      "La file est triée par urgence, puis par temps d’attente. L’ordre se fige tant que la souris ou le clavier est dans la liste, pour ne pas cliquer sur la mauvaise personne.",
    urgency: "Niveaux d’urgence",
    drafts:
      "Les brouillons restent dans cet onglet, même après un rechargement. Ils sont effacés à la déconnexion.",
    once: "Une réponse part une seule fois, même si le réseau coupe pendant l’envoi.",
  },
  errors: {
    network: "Le serveur ne répond pas. Vérifiez la connexion et réessayez.",
    claimLost:
      "Le serveur n’a pas confirmé. Si la conversation vous revient, elle s’affichera dans « Mes conversations ».",
    generic: "Cela n’a pas marché. Réessayez.",
    tooMany: "Trop d’essais. Attendez un peu.",
    server: "Le serveur a un problème. Réessayez dans un instant.",
  },
} as const;
