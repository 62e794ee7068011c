// The words of what is rarely needed. Plain French, one idea a sentence, 15 words at most.

import { french } from "../french";
import type { Chat } from "./store";

const TU = french({
  close: "Fermer",
  offline: "Pas de connexion. Réessaie dans un moment.",

  menu: "Autres possibilités",
  menuPicture: "Envoyer une image",
  menuCode: "Garder un code pour revenir",
  menuBack: "Reprendre avec un code",
  menuFirst: "Écris d’abord un message : les autres possibilités viennent ensuite.",

  code: "Revenir plus tard",
  codeWhy: [
    "Cinq mots te rouvrent cette discussion, même sur un autre appareil.",
    "Qui voit ces mots peut tout lire. Garde-les pour toi.",
    "Ils marchent jusqu’à la fin de la discussion.",
  ],
  codeMake: "Voir mes cinq mots",
  codeNote: "Note-les dans un endroit sûr. Ils ne seront plus affichés.",
  codeList: "Tes cinq mots",
  codeDone: "C’est noté",

  back: "Reprendre une discussion",
  backField: "Tes cinq mots",
  backHint: "Les majuscules et les accents ne comptent pas.",
  backGo: "Reprendre",

  picture: "Avant d’envoyer une image",
  pictureWarn: [
    "N’envoie aucune image intime, ni de toi ni de quelqu’un d’autre.",
    "Souvent, un lien ou un pseudo suffit.",
    "Le lieu et l’appareil cachés dans l’image sont effacés avant l’envoi.",
  ],
  pictureChoose: "Choisir une image",
  pictureOther: "Choisir une autre image",
  picturePreview: "L’image à envoyer",
  pictureSend: "Envoyer cette image",
  pictureBusy: "L’image se prépare…",
  pictureHeavy: "Cette image est trop lourde. Essaie une capture d’écran.",
  pictureUnread: "On ne peut pas lire ce fichier. Essaie une capture d’écran.",
  pictureRefused: "L’image n’a pas pu être gardée. Réessaie, ou décris-la.",

  survey: "Deux questions, si tu veux",
  surveyThanks: "Merci. C’est gardé sans ton nom.",
});

const VOUS: typeof TU = french({
  ...TU,
  offline: "Pas de connexion. Réessayez dans un moment.",
  menuFirst: "Écrivez d’abord un message : les autres possibilités viennent ensuite.",
  codeWhy: [
    "Cinq mots vous rouvrent cette discussion, même sur un autre appareil.",
    "Qui voit ces mots peut tout lire. Gardez-les pour vous.",
    "Ils marchent jusqu’à la fin de la discussion.",
  ],
  codeNote: "Notez-les dans un endroit sûr. Ils ne seront plus affichés.",
  codeList: "Vos cinq mots",
  backField: "Vos cinq mots",
  pictureWarn: [
    "N’envoyez aucune image intime, même reçue ou trouvée.",
    "Souvent, un lien ou un pseudo suffit.",
    "Le lieu et l’appareil cachés dans l’image sont effacés avant l’envoi.",
  ],
  pictureHeavy: "Cette image est trop lourde. Essayez une capture d’écran.",
  pictureUnread: "On ne peut pas lire ce fichier. Essayez une capture d’écran.",
  pictureRefused: "L’image n’a pas pu être gardée. Réessayez, ou décrivez-la.",
  survey: "Deux questions, si vous voulez",
  surveyThanks: "Merci. C’est gardé sans votre nom.",
});

export const words = (chat: Chat): typeof TU => (chat.vous.value ? VOUS : TU);
