// The widget's words for parents and professionals, who are spoken to as "vous": loaded for them
// only. Words that are the same for everybody stay those of strings.ts.

import { french } from "../french";
import { S } from "./strings";

export const TU = { ...S };

export const VOUS: typeof S = french({
  ...S,
  dangerTitle: "En danger ? Appelez",
  dangerNow: "En cas de danger, appelez",
  dangerSilent: "Vous ne pouvez pas parler ? Envoyez un SMS au 114.",
  hello: "Ici, vous pouvez en parler.",
  helloMore: "Prenez votre temps. Écrivez avec vos mots, comme ça vient.",
  awayMore: "Vous pouvez écrire quand même : un assistant répond, et votre message est gardé.",
  notice: [
    "Un assistant automatique vous répond d’abord. Une personne de l’équipe, un écoutant, peut prendre le relais.",
    "La discussion reste dans cet onglet. Fermé, il peut se rouvrir : « Sortie rapide » l’efface.",
    "L’historique, le wifi ou un contrôle parental peuvent montrer votre visite.",
    "N’envoyez aucune image intime. Un lien ou un pseudo suffit.",
    "Si un enfant est en danger, on doit agir pour le protéger.",
  ],
  me: "vous",
  pictureLost: "L’image n’est pas partie. Choisissez-la à nouveau.",
  freeText: "Vous pouvez aussi écrire avec vos mots.",
  compose: "Votre message",
  placeholder: "Écrivez ici",
  placeholderClosed: "Écrivez à nouveau ici",
  otherWords: "Je suis un jeune",
  tooLong: "C’est trop long. Raccourcissez un peu, ou coupez en deux messages.",
  moreLater: "Ça ne s’ouvre pas. Réessayez.",
  downUnsent: "Votre message est gardé ici. Il partira ensuite.",
  queue: (wait) =>
    `Une personne de l’équipe va vous répondre. ${wait ? `Attente : ${wait}. ` : ""}Vous pouvez partir et revenir dans cet onglet.`,
  queueCloses: (closes) => `L’équipe ferme bientôt, à ${closes}. Votre message est gardé.`,
  queueAway: "Votre message est gardé. En danger, appelez.",
  withListener: (name) =>
    name ? `${name}, une personne de l’équipe, est avec vous.` : "Une personne de l’équipe est avec vous.",
  lost: "Cette discussion est terminée ici. Votre prochain message en ouvre une nouvelle.",
  errors: {
    bad_request: "Ce message n’a pas pu être lu. Rechargez la page, puis réessayez.",
    empty: "Le message est vide. Écrivez quelques mots.",
    too_long: "Le message est trop long. Coupez-le en plusieurs messages.",
    too_many: "Beaucoup de messages d’un coup. Attendez un instant, puis renvoyez.",
    unavailable: "Le message n’est pas parti. On réessaie. En danger : appelez le 15 ou le 112.",
    nothing_yet: "Écrivez d’abord un message. Le reste vient ensuite.",
    bad_code: "Ce code n’ouvre aucune discussion. Vérifiez les cinq mots.",
    too_many_codes: "Il y a eu beaucoup d’essais. Attendez une minute, puis réessayez.",
    bad_image: "Cette image n’a pas pu être lue. Essayez une capture d’écran.",
  },
});
