// Every word a listener reads. Typography: no-break space before ; : ! ? and inside « ».
import { french } from "../french";
import { clip, codePoints } from "./text";
import type { Delivery, Message, Outcome, Summary, Urgency } from "./types";

export const NB = "\u00a0";

export const URGENCY: Record<Urgency, string> = {
  critique: "Critique",
  elevee: "Élevée",
  moderee: "Modérée",
  faible: "Faible",
};

export const ISSUE: Record<string, string> = {
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

export const ROLE: Record<string, string> = {
  victime_mineure: "Victime mineure",
  victime_majeure: "Victime majeure",
  victime_age_inconnu: "Victime, âge inconnu",
  parent: "Parent",
  temoin_ami: "Témoin ou proche",
  professionnel: "Professionnel",
  inconnu: "Rôle inconnu",
};

export const AGE: Record<string, string> = {
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
  telephone: "Téléphone",
};

const FACT: Record<string, string> = {
  role: "Qui écrit",
  age: "Âge",
  age_band: "Tranche d’âge",
  minor: "Mineur",
  platform: "Plateforme",
  since: "Depuis quand",
  demand: "Ce qui est exigé",
  death_thoughts: "Pense à mourir",
  issue: "Sujet",
  name: "Prénom ou pseudo",
  place: "Lieu",
  region: "Pays",
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
  name: "son nom",
};

const VALUE: Record<string, string> = { oui: "oui", non: "non", non_dit: "n’a pas souhaité le dire", connu: "connu", inconnu: "inconnu", BE: "Belgique", CH: "Suisse", LU: "Luxembourg", "CA-QC": "Québec, Canada", EU: "ailleurs en Europe", FR: "France" };

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
  elsewhere: "Collègue, hors de Relais",
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
  unknown: "Peut-être arrivé",
};

// What a message is made of, when it is not plain text.
const TYPE: Record<string, string> = {
  image: "Image",
  video: "Vidéo",
  audio: "Son",
  voice: "Message vocal",
  document: "Document",
  sticker: "Autocollant",
  location: "Position partagée",
  contacts: "Contact partagé",
  order: "Commande",
  choice: "",
  form: "Formulaire",
  share: "Publication partagée",
  fallback: "Lien partagé",
  story_reply: "Réponse à une story",
  story_mention: "Mention dans une story",
  call: "A essayé d’appeler",
  unsupported: "Message que la plateforme ne transmet pas",
};

/** What a channel takes at once; longer texts leave as several messages. */
const AT_ONCE: Record<string, { size: number; length: (text: string) => number }> = {
  whatsapp: { size: 4096, length: codePoints },
  messenger: { size: 2000, length: codePoints },
  instagram: { size: 1000, length: (text) => new TextEncoder().encode(text).length },
  telegram: { size: 4096, length: (text) => text.length },
};

/** Buttons that the channel shows below a message, and the longest words on one. */
const BUTTONS: Record<string, readonly [number, number]> = {
  whatsapp: [3, 20],
  messenger: [13, 20],
  instagram: [13, 20],
  telegram: [10, 40],
};

/** Meta lets a human answer for seven days after the last message: six more than the window. */
const LATE: Record<string, number> = { messenger: 6 * 86_400_000, instagram: 6 * 86_400_000 };

/** Until when a reply can still go out, in milliseconds; infinity where no limit is known. */
export function lastMoment(channel: string, ends: string | null): number {
  const at = ends === null ? Number.NaN : Date.parse(ends);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at + (Object.hasOwn(LATE, channel) ? (LATE[channel] ?? 0) : 0);
}

/** What a channel takes, in words; null where it takes all that we send. */
export function limitsOf(channel: string): string | null {
  const size = Object.hasOwn(AT_ONCE, channel) ? AT_ONCE[channel]?.size : undefined;
  const buttons = Object.hasOwn(BUTTONS, channel) ? BUTTONS[channel] : undefined;
  if (size === undefined || buttons === undefined) return null;
  const unit = channel === "instagram" ? "octets" : "caractères";
  return `${size.toLocaleString("fr")}${NB}${unit} par message, ${buttons[0]}${NB}boutons de ${buttons[1]}${NB}caractères`;
}

/** Kept free for the line that a locked phone shows (`core/discretion.py`). */
const ROOM = 120;

/** How many messages a text becomes on a channel. Cuts fall between sentences, so it may be more. */
export function partsOn(channel: string, text: string): number {
  const limit = Object.hasOwn(AT_ONCE, channel) ? AT_ONCE[channel] : undefined;
  return limit ? Math.ceil((limit.length(text) + ROOM) / limit.size) : 1;
}

// Trades and languages, as the server names them (core/skills.py).
export const SKILL: Record<string, string> = {
  psychologue: "Psychologue",
  juriste: "Juriste",
  numerique: "Numérique",
};

export const LANGUAGE: Record<string, string> = {
  en: "Anglais",
  ar: "Arabe",
  es: "Espagnol",
  it: "Italien",
  de: "Allemand",
  pt: "Portugais",
  tr: "Turc",
  uk: "Ukrainien",
};

const ORIGIN: Record<string, string> = {
  ad: "publicité",
  ads: "publicité",
  contact: "contact",
  ecole: "école",
  ig: "Instagram",
  meta: "Meta",
  page: "page",
  phone: "téléphone",
  poster: "affiche",
  qr: "code QR",
  report: "signalement",
  school: "école",
  site: "site",
  telephone: "téléphone",
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
/** What a conversation asks for, in words; null where it is nothing. */
export function needsOf({ skill, language }: Pick<Summary, "skill" | "language">): string | null {
  const told = [skill && (of(SKILL, skill) ?? words(skill)), language && (of(LANGUAGE, language) ?? language)];
  return told.filter(Boolean).join(", ") || null;
}
export const roleName = (id: string | null): string =>
  id === null ? "Rôle inconnu" : (of(ROLE, id) ?? words(id));
export const channelName = (id: string): string => of(CHANNEL, id) ?? words(id);
export const ruleName = (id: string): string =>
  of(RULE, id) ?? words(id);
export const factName = (name: string): string => of(FACT, name) ?? words(name);
export const unknownName = (name: string): string => of(UNKNOWN, name) ?? words(name).toLowerCase();
export const typeName = (type: string): string => of(TYPE, type) ?? words(type);

/** The raw code of where somebody came from, with the words in it that are known. */
export function originName(code: string): string {
  const told = code
    .split(/[\s_.:-]+/)
    .filter(Boolean)
    .map((part) => of(ORIGIN, part.toLowerCase()) ?? of(PLATFORM, part.toLowerCase()) ?? of(CHANNEL, part.toLowerCase()) ?? part)
    .slice(0, 12);
  // In French what it is comes first: "signalement TikTok".
  const at = told.indexOf("signalement");
  if (at > 0) told.unshift(...told.splice(at, 1));
  return clip(told.join(" "), 60);
}

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

/** Something was said that no machine can read: only what is critical is known to be. */
export const unheard = (urgency: Urgency): string =>
  urgency === "critique" ? "À écouter, à regarder" : "Urgence inconnue";

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

export const t = french({
  product: "Relais",
  console: "Console d’écoute",
  origin: `vient de${NB}:`,
  unsaid: "Vous avez écrit ici. Échap encore une fois ferme sans garder ce qui n’est pas enregistré.",
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
  triage: {
    button: "Corriger le tri",
    settled: "Tri revu par un écoutant.",
    title: "Corriger le tri",
    issue: "De quoi s’agit-il ?",
    urgency: "Quelle urgence ?",
    role: "Qui écrit ?",
    why: "Pourquoi ?",
    misread: "Le tri s’est trompé",
    misreadWhy: "compté dans les erreurs de tri, sans aucun texte",
    learned: "La personne en a dit plus",
    learnedWhy: "le tri ne pouvait pas le savoir",
    required: "Dites pourquoi.",
    cancel: "Annuler",
    submit: "Enregistrer",
    raised: (urgency: string) =>
      `Un message, nouveau ou modifié, est plus grave, et vous ne l’avez pas encore lu. Urgence : ${urgency}. Elle ne pourra baisser que quand vous l’aurez lu.`,
    read: "Fermer et lire",
    stays: (urgency: string) => `L’urgence reste « ${urgency} »`,
    staysWhy:
      "Un message que vous n’aviez pas lu l’a relevée. Le reste de votre correction est enregistré. Lisez ce message, puis corrigez encore si besoin.",
    note: "L’urgence ne peut baisser qu’ici, et c’est noté dans le journal. Un nouveau danger la relève.",
  },
  writer: {
    button: "Quelqu’un d’autre écrit",
    title: "Qui écrit maintenant ?",
    note: "Chacun a sa fiche. Ce qu’un enfant a écrit n’est pas montré tant qu’un adulte écrit à sa place, ni ici, ni sur son écran s’il recharge la page. Vous pourrez le relire à part. Sur une application, l’historique reste dans le téléphone.",
    since: "À partir de quel message ?",
    role: "Qui écrit ?",
    age: "Quel âge a la personne concernée ?",
    noAge: "Pas dit",
    none: "Il faut au moins deux messages de la personne.",
    same: "C’est la même personne",
    seems: (when: string) => `Quelqu’un d’autre a peut-être pris le téléphone ${when}.`,
    seemsNow: "Quelqu’un d’autre a peut-être pris le téléphone.",
    yes: "Dire qui écrit",
    from: (who_: string) => `Ici, quelqu’un d’autre écrit : ${who_}`,
    apart: (who_: string) =>
      `Ce qui a été écrit avant n’est pas montré : ${who_}. Si c’est la même personne, dites-le dans « Quelqu’un d’autre écrit ».`,
  },
  apart: {
    open: "Relire à part",
    title: "Relire ce qui a été écrit avant",
    whose: (who_: string) => `Écrit avant, par : ${who_}.`,
    why: "Pour vous, pour aider la personne qui l’a écrit. Ne le répétez pas à celle qui écrit maintenant, même si elle le demande : c’est à nous que cela a été confié.",
    screen: "Avant d’afficher, vérifiez que personne d’autre ne voit votre écran. Cette lecture est notée dans le journal.",
    show: "Afficher",
    close: "Fermer",
  },
  top: {
    help: "Raccourcis",
    supervise: "Supervision",
    dossiers: "Dossiers",
    dossiersWaiting: (n: number) => (n > 1 ? `${n} choses à faire` : "1 chose à faire"),
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
    refused: "Réponse non envoyée",
    opened: (when: string) => `ouverte ${when}`,
    news: (what: string) => `Nouveau message : ${what}.`,
  },
  conversation: {
    back: "Retour",
    label: "Conversation",
    messages: "Messages",
    card: "Fiche",
    close: "Terminer",
    remove: "Signaler",
    loading: "Chargement de la conversation…",
    failed: "La conversation ne s’est pas ouverte.",
    retry: "Réessayer",
    latest: "Aller aux derniers messages",
    newBelow: "Nouveaux messages plus bas",
    changed: "Un message a été modifié : le lire",
    writing: "La personne écrit…",
    me: "Moi",
    listener: (name: string) => `${name} (écoutant)`,
    unknownListener: "Un écoutant",
    offered: "Réponses proposées :",
    tapped: "réponse choisie par bouton",
    reuse: "Reprendre le texte",
    again: "Renvoyer",
    deleted: "Message supprimé par la personne",
    deletedElsewhere: "Message supprimé",
    edited: "modifié",
    forwarded: "transféré",
    reaction: "Réaction de la personne :",
    inReplyTo: "En réponse à",
    inReplyToOlder: "En réponse à un message plus ancien",
    unreadable: {
      ear: "À écouter : la machine ne sait pas lire ce message",
      eye: "À regarder : la machine ne sait pas lire ce message",
      file: "À ouvrir : la machine ne sait pas lire ce message",
    },
    captionOnly: "La machine n’a lu que le texte, pas ce qui est joint.",
    today: "Aujourd’hui",
    lostTaken: "Cette conversation n’est plus parmi les vôtres.",
    lostClosed: "Cette conversation est terminée.",
    lostOk: "Fermer",
    reasonAria: "Mots repérés",
  },
  left: {
    title: "Des mots à vous ne sont pas partis",
    taken: "n’est plus parmi les vôtres.",
    closed: "est terminée.",
    field: {
      sent: "Votre réponse",
      reply: "Votre brouillon de réponse",
      note: "Votre note entre écoutants",
      pass: "Ce que la personne suivante doit savoir",
      along: "Votre note à un collègue",
    },
    maybe: "Le serveur n’a pas confirmé. Ces mots sont peut-être arrivés : vérifiez avant de les réécrire.",
    trying: "Pas encore confirmé. Nouvel essai automatique.",
    wait: "Attendez la réponse du serveur avant d’effacer.",
    copy: "Copier",
    copyOf: (what: string) => `Copier : ${what}`,
    copied: "Copié.",
    copyByHand: "Les mots sont sélectionnés : copiez-les au clavier.",
    away: "J’ai fini, effacer ces mots",
  },
  file: {
    coming: "Fichier en cours de réception. Il s’affichera ici.",
    refused: "Fichier refusé : trop lourd, ou d’un genre que nous n’ouvrons pas. Demandez à la personne de décrire ce qu’il montre.",
    gone: "Fichier perdu : la plateforme ne l’a plus. La personne peut le renvoyer.",
    show: "Afficher",
    hide: "Masquer",
    listen: "Écouter",
    watch: "Regarder",
    download: "Télécharger",
    loading: "Ouverture…",
    blurred: "Floutée. L’image peut être choquante.",
    ofPerson: "de la personne",
    broken: "Ce fichier ne s’ouvre pas ici.",
    unnamed: "Fichier sans nom",
    kilobytes: (n: number) => `${n.toLocaleString("fr")}${NB}ko`,
    megabytes: (n: number) => `${n.toLocaleString("fr", { maximumFractionDigits: 1 })}${NB}Mo`,
  },
  notices: {
    label: "À savoir sur cette conversation",
    erasure: (asked: string) => `Le ${asked}, la personne a demandé que tout soit effacé.`,
    erasureDue: (due: string) => `Ce sera fait le ${due}.`,
    erasureUnsure: "Elle ne l’a pas encore confirmé.",
    erasureWho: "Vérifiez que c’est bien elle : quelqu’un d’autre peut tenir son téléphone.",
    standby: "Une autre application tient cette conversation : vos réponses risquent de ne pas partir.",
    window: "Réponse possible encore",
    windowLast: "moins d’une minute",
    closed: "Délai de réponse passé.",
    closedKept: "Votre réponse sera gardée et partira quand la personne réécrira.",
    closedHuman:
      "Une réponse humaine peut encore passer pendant 7 jours après son dernier message. Sinon, elle est gardée et part quand la personne réécrit.",
    closedInvite:
      "Votre réponse sera gardée et partira quand la personne réécrira. Un message neutre peut l’y inviter.",
  },
  channels: {
    label: "Canaux en difficulté",
    paused: "en pause. Les réponses attendent et partiront à la reprise.",
    down: "ne répond pas. Les réponses attendent, de nouveaux essais ont lieu tout seuls.",
    off: "éteint. Les réponses attendent qu’il soit rallumé.",
    pausedShort: "en pause.",
    downShort: "ne répond pas.",
    kept: "Les réponses attendent et partiront toutes seules.",
    why: (why: string) => `Raison${NB}: ${why}.`,
  },
  card: {
    label: "Fiche de la personne",
    why: "Pourquoi cette urgence",
    noReason: "Aucun mot d’alerte repéré.",
    issue: "Sujet",
    also: "Aussi",
    confidence: "Confiance du triage",
    role: "Qui écrit",
    caller: "Qui appelle",
    age: "Âge",
    platform: "Plateforme",
    channel: "Canal",
    limits: "Limites du canal",
    origin: "Vient de",
    before: "Déjà venue",
    beforeYes: "oui, cette conversation en suit une autre",
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
    hint: "Entrée envoie · Maj + Entrée va à la ligne · / ouvre les réponses prêtes",
    hintTouch: "",
    count: (n: number) => `${n.toLocaleString("fr")} / 4${NB}000`,
    parts: (n: number, channel: string) => `partira en ${n} messages sur ${channel}`,
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
  along: {
    title: "Co-écoute",
    none: "Personne ne lit avec vous.",
    with: (names: string) => `${names} lit avec vous.`,
    open: "Inviter un collègue à lire",
    invite: "Inviter à lire avec moi",
    hint: "La personne invitée lit et laisse des notes. Elle ne peut pas répondre. C’est noté dans le journal.",
    ask: (name: string) => `Inviter ${name}`,
    nobody: "Personne d’autre n’est là.",
    mine: "Vous lisez avec",
    read: (what: string) => `Lire : ${what}`,
    reading: (name: string) => `Co-écoute avec ${name}`,
    note: (name: string) => `Note pour ${name}`,
    over: "Cette co-écoute est terminée.",
    leave: "Ne plus lire",
    close: "Fermer",
  },
  shift: {
    grave: "Cette conversation était grave. Prenez quelques minutes pour souffler : rien de nouveau ne vous sera proposé.",
    breathe: "Faire une pause",
    later: "Pas maintenant",
    title: { pause: "Faire une pause", off: "Finir mon service" },
    held: (n: number) =>
      `Vous tenez ${plural(n, "conversation", "conversations")}. Rendues à la file, elles passent en tête, et chaque personne en est prévenue.`,
    keep: "Garder mes conversations",
    giveBack: { pause: "Rendre et faire une pause", off: "Rendre et finir" },
    cancel: "Annuler",
  },
  needs: {
    title: "À qui la confier",
    help: "« Prendre le prochain » la donnera d’abord à qui sait le faire, une fois rendue à la file. Un danger n’attend pas.",
    skill: "Métier",
    language: "Langue",
    anySkill: "Peu importe",
    french: "Français",
    mark: (what: string) => `Demande : ${what}`,
  },
  earlier: {
    open: "Lire ses échanges d’avant",
    title: "Échanges d’avant avec la même personne",
    noted: "Cette lecture est notée dans le journal.",
    none: "Il n’en reste rien : leur durée de garde est passée, ou tout a été effacé.",
    withheld: (n: number) =>
      `${plural(n, "échange n’est pas montré", "échanges ne sont pas montrés")} : quelqu’un d’autre a pu y écrire, un enfant peut-être. Si c’est la même personne, corrigez d’abord qui écrit.`,
    opened: (at: string) => `Du ${at}`,
    noOutcome: "sans issue notée",
    by: (name: string) => `avec ${name}`,
    close: "Fermer",
  },
  search: {
    open: "Chercher",
    title: "Chercher dans mes conversations",
    label: "Mots à chercher",
    hint: "Dans les conversations que vous tenez, sans tenir compte des accents. Rien n’est gardé de ce que vous cherchez.",
    submit: "Chercher",
    none: "Aucun message ne contient ces mots.",
    found: (n: number) => plural(n, "message trouvé", "messages trouvés"),
  },
  past: {
    why: (channel: string) => `${channel} n’accepte plus de réponse tant que la personne n’a pas réécrit.`,
    button: "Garder pour son retour",
  },
  ready: {
    open: "Réponses prêtes",
    title: "Réponses prêtes",
    address: "Tutoyer ou vouvoyer",
    preview: "Texte qui sera inséré",
    none: "Aucune réponse ne contient ces mots.",
    loading: "Chargement…",
    hint: "↑ ↓ pour choisir · Entrée insère, sans envoyer · Échap ferme",
  },
  pass: {
    button: "Passer la main",
    title: "Passer la main",
    legend: "À qui ?",
    to: (name: string) => `À ${name}`,
    toHint: "reste chez vous tant que la personne n’a pas accepté",
    queue: "À la file d’attente",
    queueHint: "en tête, avec votre note",
    bot: "À l’assistant automatique",
    botHint: "seulement quand rien de grave n’est en cours",
    nobody: "Personne d’autre n’est disponible.",
    asking: "Un instant…",
    summary: "Ce que la personne suivante doit savoir",
    summaryHint: "Jamais envoyé à la personne qui écrit.",
    required: "Choisissez à qui passer la main.",
    words: "Écrivez ce qu’il faut savoir.",
    cancel: "Annuler",
    submit: "Passer la main",
    offered: (name: string) => `Proposée à ${name}. Elle reste la vôtre jusqu’à sa réponse.`,
    declined: (name: string) => `${name} ne peut pas la prendre. Elle reste la vôtre.`,
    unanswered: (name: string) => `${name} n’a pas répondu. Elle reste la vôtre.`,
    withdraw: "La garder",
    offers: "On vous passe la main",
    from: (name: string) => `${name} vous propose :`,
    accept: "Prendre",
    decline: "Je ne peux pas",
    notes: "Notes entre écoutants",
    notesHint: "Jamais envoyées à la personne.",
    noNotes: "Aucune note.",
    newNote: "Nouvelle note",
    addNote: "Ajouter la note",
    closed: "Conversation terminée.",
    undo: "Annuler la fin",
    undoLeft: (seconds: number) => `${seconds}${NB}s`,
    undone: "La conversation continue.",
    availability: "Je suis",
    unsaid: (state: string) => `« ${state} »${NB}: vos collègues ne le savent peut-être pas.`,
    available: "Disponible",
    pause: "En pause",
    phone: "Au téléphone",
    off: "Fin de service",
    known: (name: string) => `Connue de ${name}`,
    knownMe: "Vous la connaissez",
  },
  aftercare: {
    title: {
      emergency: "Fiche d’urgence",
      follow: "Proposer de réécrire",
      tasks: "À rappeler",
      call: "Noter un appel",
    },
  },
  phone: {
    note: "Notez au fil de l’appel",
    noteHint: "Ctrl + Entrée ajoute. Rien ne part vers la personne.",
    joined: { call: "Reliée à un appel", chat: "Reliée à une conversation écrite" },
  },
  follow: {
    title: "Suivi",
    list: "À rappeler",
    due: (n: number) => `${n.toLocaleString("fr")} à faire`,
    propose: "Proposer de réécrire",
    see: "Voir le suivi",
    nothing: "Rien n’est prévu.",
    planned: {
      message: (at: string) => `Message prévu le ${at}, avec son accord.`,
      call: (at: string) => `Appel prévu le ${at}, avec son accord.`,
    },
    numberless: (at: string) => `D’accord pour un appel le ${at}. Son numéro manque encore.`,
    stage: {
      asked: "La question est posée, la personne n’a pas encore répondu.",
      sent: "Un message neutre est parti.",
      confirmed: "La personne a confirmé que c’est elle.",
      denied: "Quelqu’un d’autre a répondu.",
      done: "Le suivi est fait.",
      refused: "La personne ne souhaite pas être recontactée.",
      cancelled: "Le suivi est abandonné.",
    },
    identity: "Identité non confirmée",
    unsure: "Nous avons écrit en premier : quelqu’un d’autre peut tenir le téléphone. Ne nommez rien de ce qui a été dit.",
    denied: "Quelqu’un a répondu que ce n’est pas la personne. Ne nommez rien de ce qui a été dit.",
    confirm: "C’est bien elle",
  },
  close: {
    title: "Terminer la conversation",
    legend: "Comment s’est-elle terminée ?",
    tags: "Étiquettes, si elles aident (comptées dans les chiffres)",
    required: "Choisissez comment la conversation s’est terminée.",
    submit: "Terminer la conversation",
    busy: "Un instant…",
    cancel: "Annuler",
    draft: "Vos mots non envoyés ne partiront pas. Vous pourrez encore les copier.",
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
    title: "Raccourcis et aide",
    close: "Fermer",
    keys: "Raccourcis",
    single: "Raccourcis à une seule touche actifs",
    singleWhy: "Ils n’agissent jamais pendant que vous écrivez. La touche ? reste toujours active.",
    list: [
      ["N", "Prendre le prochain (le plus urgent)"],
      ["F", "Aller à la file d’attente, puis ↑ ↓ et Entrée"],
      ["J / K", "Conversation suivante / précédente"],
      ["Alt + ↓ / ↑", "La même chose, même en écrivant"],
      ["1 à 9", "Ouvrir la 1re à la 9e de mes conversations"],
      ["U", "Conversation suivante où un message est à lire"],
      ["R", "Aller à la réponse ; pendant un appel, à la note"],
      ["M", "Aller aux messages"],
      ["I", "Aller à la fiche"],
      ["/", "Dans la réponse : chercher une réponse prête"],
      ["S", "Signaler : ouvrir un dossier pour faire retirer un contenu"],
      ["P", "Passer la main"],
      ["E", "Fiche d’urgence, quand la situation est grave"],
      ["T", "Terminer la conversation"],
      ["A", "Noter un appel"],
      ["L", "Pendant un appel : donner un code à lire, qui relie une conversation écrite"],
      ["C", "Chercher des mots dans mes conversations"],
      ["O", "Remettre la file dans l’ordre"],
      ["Échap", "Quitter la réponse ; puis revenir à la file"],
      ["Entrée", "Envoyer la réponse (Ctrl + Entrée aussi)"],
      ["Maj + Entrée", "Aller à la ligne dans la réponse"],
      ["?", "Cette aide"],
    ] as [string, string][],
    order:
      "La file est triée par urgence, puis les mineurs d’abord, puis par temps d’attente. Qui attend depuis longtemps finit par passer devant, sauf devant un danger. L’ordre se fige tant que la souris ou le clavier est dans la liste, pour ne pas cliquer sur la mauvaise personne.",
    urgency: "Niveaux d’urgence",
    drafts:
      "Ce que vous écrivez reste dans cet onglet, même après un rechargement. Si une conversation vous quitte, vos mots non envoyés s’affichent en bas. Tout est effacé à la déconnexion.",
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
} as const);
