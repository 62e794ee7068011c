# ruff: noqa: E501 - a pattern is one line
"""What the second layer looks for: signs of danger, each with a weight; how they add up.

A sign is one short fact ("a rope in hand", "tonight", "a last message"). Its patterns run over
what spaCy says of each word: a plain word stands for its lemma, CAPITALS for a class of words,
`@1` for a first person, `@f` for a future, `@i` for an infinitive, `@p` for a past participle,
`..2` for up to two words of the clause, `?` for a word that may be missing.

Heading: name, theme (s suicide, v violence, x sexual violence, m meeting, k blackmail), weight, flags:
  c core: without one, a sum means nothing   n not cancelled by a denial
  1 only said of oneself   3 only said of another   t told of a text or a thing, too
"""

import itertools
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

#: Lemmas and accents of the verbs below; written by `python -m bot.screen.verbs`.
LEMMAS = Path(__file__).with_name("lemmas.json")

#: Classes of this layer, over those of `lexicon`. `<verb>` stands for all its forms.
CLASSES = {
    "MEDS": "medicament medicaments medoc medocs cachet cachets comprime comprimes pilule pilules"
    " doliprane dolipranes paracetamol xanax somnifere somniferes lexomil ibuprofene tramadol"
    " antidepresseur antidepresseurs anxiolytique anxiolytiques codeine valium insuline morphine"
    " gelule gelules anxios benzo benzos imovane stilnox seresta alprazolam metformine",
    "PACK": "boite boites plaquette plaquettes tube tubes poignee flacon flacons gouttes pilulier"
    " dose doses",
    "TOXIN": "javel poison detergent destop antigel desherbant raticide ammoniaque acide gaz"
    " debouche soude",
    "EDGE": "lame lames rasoir rasoirs cutter couteau couteaux taille-crayon scalpel ciseaux",
    "FIREARM": "fusil flingue pistolet carabine cartouches revolver calibre gun",
    "NOOSE": "corde cordes noeud ceinture drap cable foulard",
    "HOOK": "poutre plafond branche arbre grenier garage cave crochet",
    "HIGH": "pont fenetre balcon immeuble passerelle tour barriere etage terrasse corniche",
    "BRINK": "toit falaise vide rails voies viaduc rebord parapet rambarde pylone garde-corps",
    "WATER": "canal riviere fleuve lac seine loire rhone garonne etang",
    "TRAIN": "train rer metro tgv tram camion",
    "SOON": "soir nuit demain maintenant aujourdhui weekend week-end lundi mardi mercredi jeudi"
    " vendredi samedi dimanche minuit aprem apres-midi matin tantot midi minutes minute tonight",
    "HURTV": "<frapper> <taper> <tabasser> <cogner> <gifler> <battre> <defoncer> <bastonner>"
    " <demolir> <massacrer> <lyncher> <poignarder> <mordre> <secouer> <maltraiter>",
    "STABV": "<planter> <poignarder> <egorger> <decouper> <massacrer> <eventrer> <bruler> <abattre>"
    " <saigner> <crever>",
    "CHOKE": "<etrangler> <etouffer>",
    "SLASH": "<couper> <tailler> <taillader> <trancher> <lacerer> <entailler> <ouvrir> <charcuter>",
    "BODYPART": "bras poignet poignets cuisse cuisses avant-bras jambes mollets veines veine gorge",
    "BLEED": "sang saigne saignes saigner saignait <couler>",
    "KILLV": "<tuer> <buter> <flinguer> <zigouiller> <supprimer> <crever>",
    "SUICV": "<suicider>",
    "HANGV": "<pendre>",
    "DROWNV": "<noyer> <defenestrer> <immoler> <empoisonner>",
    "JUMPV": "<sauter> <jeter> <balancer>",
    "SWALLOWV": "<avaler> <gober> <ingerer> <ingurgiter> <vider> <boire> <melanger> <prendre>"
    " <croquer> <finir>",
    "GETV": "<avoir> <acheter> <racheter> <trouver> <voler> <piquer> <cacher> <garder> <sortir>"
    " <recuperer> <preparer> <commander> <tenir> <stocker> <poser> <accrocher> <attacher> <nouer>"
    " <mettre> <installer> <aligner> <compter> <emprunter> <choper>",
    "DIEV": "<mourir> <caner> <crever> <clamser>",
    "GONE": "mort morte dead decede decedee",
    "BODY": "<endormir> <vomir> tourne flou trembler tremble vertiges engourdie engourdi",
    "FRIENDLY": "ami amie pote potes copine copain frere soeur cousin cousine camarade meuf besta"
    " bff voisine voisin ex mec mari conjoint compagnon femme niece neveu",
    "YOUNG": "fille fils enfant enfants ado gamin gamine petit petite fiston eleve eleves collegien"
    " collegienne lyceenne lyceen gosse jeune",
    "ELDER": "pere papa mere maman beau-pere belle-mere oncle tonton grand-pere mamie papi parrain"
    " parents beau tante tata educateur entraineur animateur surveillant",
    "STRANGERS": "adulte homme monsieur vieux inconnu type gars majeur mec",
    "TOOL": "batte battes matraque machette marteau barre arme armes hache tournevis sabre tesson"
    " gourdin",
    "SHUTV": "<enfermer> <coincer> <sequestrer> <kidnapper> <ligoter> <attacher> <retenir>",
    "MAKEV": "<forcer> <obliger> <contraindre> <droguer>",
    "RAPEV": "<violer> viol",
    "FONDLE": "<toucher> <tripoter> <caresser> <peloter> <embrasser> attouchements",
    "SEXV": "<coucher> <sucer> <deshabiller> <branler> <masturber> sexe rapport rapports fellation"
    " penetration",
    "INTIM": "seins fesses culotte entrejambe parties sexe pantalon soutif",
    "FLATV": "<ecouter>",
    "SHARE": "<envoyer> <publier> <diffuser> <poster> <partager> <balancer> <montrer> <reveler>"
    " <divulguer> <afficher> <leaker> <renvoyer>",
    "PICS": "photo photos video videos image images nude nudes film captures capture screens"
    " sextape",
    "VOULOIR": "<vouloir> <aimer> <preferer> <souhaiter> <esperer> <rever> envie envies besoin",
    "INTENT": "<aller> <decider> <compter> <prevoir> pret prete <jurer>",
}  # fmt: skip

SIGNS = """
[acte s 3 c]
(ME|SE) etre? (KILLV|SUICV|HANGV|DROWNV)
en FINIR
(ME|SE) (foncer|encastrer|planter) ..2 (arbre|mur|platane|camion)
foncer dans ..1 (arbre|mur|platane|camion)
(ME|SE) (tirer) ..1 balle
(ME|SE) mettre ..1 balle
(ME|SE) FOUTRE en le? air
(ME|SE) FOUTRE ..2 (HIGH|BRINK|TRAIN|WATER)
(ME|SE) (JUMPV|mettre|allonger|coucher) ..3 (HIGH|BRINK|TRAIN|WATER)
(JUMPV|plonger) ..2 (HIGH|BRINK|TRAIN)
mettre (fin|terme) a (ma|mes|sa|ses|mon|son) (VIE|JOURS|existence|souffrances)
(ME|SE) (JUMPV|mettre|FOUTRE) sous
(=aurai|=aurais) (JUMPV|mourir|disparaitre)
(ME|SE) ..1 (SLASH) ..1 (veines|gorge|veine)
(attenter|atteinte) a (ma|mes|sa|ses) (VIE|JOURS)
(ME|SE) ..1 laisser (DIEV|noyer|tomber|couler)

[veut_mourir s 3 c]
(VOULOIR|merite|autant|mieux|prefere|penser|idee|sauf) ..2 (DIEV)
(VOULOIR|prefere) etre? ..1 GONE
(VOULOIR) ..1 de (mort|en FINIR|ME KILLV|SE KILLV)
(VOULOIR) ..1 en FINIR
(envie|envies|pulsion|pulsions|idee|idees|pensee|pensees) de mort
VOULOIR ..2 (disparaitre|partir) ..1 (toujours|jamais|definitivement)
VOULOIR ..2 que ..2 (VIE|tout|ca|coeur) ..1 (se)? (arreter|finir|terminer|lacher)
VOULOIR ..2 (jamais|plus|pas) ..1 (ME|SE)? (reveiller|ouvrir|lever)
(VOULOIR) ..2 (aller|monter|partir) ..1 ciel
(endormir|dormir) ..4 que (ca|tout) se? (arreter|finir|terminer)
VOULOIR ..2 (dormir|endormir) ..2 (toujours|jamais|plus)
(plus|jamais|pas) ..1 (ME|SE) reveiller
(plus|jamais) ouvrir les yeux
(simple|mieux|facile|soulagement|preferable) ..3 (GONE|mourir|crever)
si je ETRE (pas|jamais|plus)
(endormir|dormir) pour (toujours|jamais)
si je (mourir|crever|ETRE GONE|disparaitre|existais|existe)
(penser) ..2 (a|au) ..1 (GONE|suicide)
rejoindre ..3 (ciel|paradis|etoiles|GONE|la-haut)
voir (la)? mort comme
(VOULOIR) ..1 (rejoindre) ..2 (decede|mort|morte|haut)
(comment|facon|moyen|methode) ..4 (DIEV|ME SUICV|SE SUICV|ME KILLV|SE KILLV)
(voiture|camion|bus|train) ME (renverser|ecraser|faucher|percuter)
(arranger|soulager) ..4 (mourir|renverser|ecraser)
(accident|cancer|maladie) ..4 (arranger|tant mieux|soulager)
idee de (me|se|le|la)? (JUMPV|KILLV|HANGV|FINIR|DIEV|partir|passer)
(idee|envie|pensee) ..2 (JUMPV) ..2 (HIGH|BRINK|TRAIN)

[plus_vivre s 3 cn]
(vouloir|envie|capable|force|courage|merite|arriver) (plus|pas|jamais) ..2 (vivre|exister|continuer|etre la|rester en VIE|etre en VIE|etre sur terre)
(plus|pas) ma place ..2 (ici|terre|monde|bas|VIE)
demander a naitre
(plus|pas|jamais) ..1 (merite|envie|force|raison|raisons|interet|courage|gout) ..2 (vivre|exister|continuer|en VIE)
mieux sans (moi|lui|elle)
(de trop|en trop|a ma place|pas ma place) ..2 (terre|monde|ici-bas|VIE)
personne ..2 (regretter|manquer|pleurer|remarquer)
(manquer) a personne
(serait|sera|etre@c) ..2 (regle|regler|fini|finir|simple|termine|terminer|soulagement) ..2 (sans moi|si je|pour tout|pour tous)
(a|pour|de) quoi (bon|sert) (continuer|vivre|lutter)
(plus|pas|rien) ..1 (a|me)? (attendre|retenir|rattacher) ..1 (de la|a la|ici)? (VIE|ici|monde)
(lutter|battre|tenir|continuer) plus
(poids|fardeau|boulet|charge) pour (tous|tout|mes|ma|mon|eux|le|les|ELDER)
(soulager|debarrasser|debarras|bien|soulage|soulages|debarrasse) ..4 (si je|sans moi|que je) (mourir|plus|disparaitre|partir|etre)?
(VIE) ..2 (plus|pas|aucun) ..1 (sens|interet|valeur)
(fatigue|fatiguee|marre|fatigue|epuise|epuisee|assez|lasse) de (vivre|exister|la VIE|ma VIE|etre en VIE)
jamais (du)? (naitre|nee|ne|exister)
vivre ..1 (sert|servir)
(sert|servir) ..2 (vivre|rester en VIE|exister)
ma VIE (se)? (arreter|finir|terminer)
(plus|pas) de ce monde
que (ma|sa|la) VIE se (arreter|finir|terminer|finisse|arrete|termine)

[se_blesse s 3 c]
(ME|SE) ..1 (SLASH|scarifier|mutiler|automutiler|bruler|griffer) ..2 (BODYPART|peau|ventre|jambe)
(ME|SE) ..1 (scarifier|mutiler|automutiler)
(reprendre|repris|recommencer) ..2 (EDGE|scarification|scarifications)
(BODYPART|peau|jambe) ..4 (marques|cicatrices|traits|coupures|entailles|plaies|croutes|lignes)
(ME|SE) faire saigner
(ME|SE) (arracher|mordre|griffer) ..2 (peau|bras|sang)
(taper|cogner|frapper) ..2 tete ..3 (mur|sol)
recommencer a (ME|SE) (SLASH|scarifier|bruler|faire)
(ME|SE) bruler ..1 (avec|expres|cigarette|briquet)
(ME|SE) (faire|taper|cogner) ..1 (mal|HURT) ..1 (expres|volontairement|moi-meme)
(marques|cicatrices|traces|coupures|entailles|plaies|traits|brulures) ..4 (BODYPART)
(pansements|pansement|manches) ..6 (bras|poignets|cicatrices|coupures|longues)

[saigne s 3 c]
(SLASH) ..1 (poignet|poignets|veines|veine)
(BODYPART|poignet) ..2 en sang
(arreter) pas ..1 de? (couler|saigner)
(plein|partout) de? sang
sang partout
(SLASH) ..2 (profond|profondement|trop loin)
en avoir partout
je saigne
perdre ..2 sang
BLEED ..2 (beaucoup|trop|fort|partout)

[en_main s 3 c]
(GETV|prendre|charger|ouvrir|allumer) ..4 (FIREARM|NOOSE|TOXIN)
(toutes|tous|tout) ..2 (MEDS|PACK)
(trop|plein) de? (MEDS)
(EDGE|NOOSE|FIREARM|MEDS|TOXIN) ..4 (main|mains|oreiller|chevet|poignet|cou|gorge|tempe|devant moi)
(MEDS|PACK) ..2 (MEDS) ..3 (table|tiroir|lit|oreiller|main|poche|placard|sac|armoire)
(stock|reserve|stocker) ..2 (MEDS|PACK)
(GETV) (EDGE) ..3 (mains|main|bras|poignet|salle|bain|lit)
(reprendre) (MEDS|PACK)

[pendaison s 4 c]
NOOSE ..4 (HOOK|cou|suspendre|nouer|noeud)
noeud coulant
(accrocher|attacher|nouer) ..2 NOOSE

[moyen s 1 c]
(MEDS|NOOSE|FIREARM|EDGE|TOXIN)

[avale s 5 c]
(boire|avaler) ..2 (liquide|produit) ..1 (vaisselle|menager|lave-glace|toilettes)
(boire|avaler|ingerer) ..6 TOXIN
(avoir|VENIR de) (SWALLOWV) ..4 (PACK|TOXIN)
(avoir|VENIR de) (SWALLOWV) ..2 (tout|toute|tous|toutes|plein|trop|beaucoup) ..4 (MEDS|PACK|TOXIN|armoire|pharmacie)
(avoir|VENIR de) (avaler|gober|ingerer) ..4 (MEDS|PACK)
(avoir) prendre # ..1 (MEDS|PACK)
(avoir) prendre (des|ses|les) (MEDS) ..4 (alcool|vodka|conscience|reveille|pompiers|urgences|bizarre|dort|parle)
(avoir) vider (le|la|les|une|un|sa|son|mon|ma) (PACK|armoire|pharmacie|bouteille)
(MEDS) ..3 (alcool|vodka|whisky|rhum)
(alcool|vodka|whisky) ..3 (MEDS)
(overdose|surdose)

[va_avaler s 3 c]
(aller|VOULOIR) ..2 (prendre|avaler|gober|vider|boire) ..3 (tous|toutes|tout|toute|PACK|TOXIN)
(aller) ..1 (les|tout|toutes|tous) (prendre|avaler|gober|boire)
(aller) ..1 les ..1 (tous|tout|toutes) (prendre|avaler|gober)

[prend_des_cachets s 1 c]
(avoir|VENIR de) (prendre|avaler) ..2 (MEDS)
(GETV|prendre|acheter) ..3 (EDGE|MEDS|PACK)

[dans_le_vide s 4 c]
(jambes|pieds|pied) ..3 (vide|dehors)
(etre|assis|assise|debout|monter) ..1 (sur|bord|de) ..1 (parapet|rebord|rambarde|rails|voies|garde-corps|corniche)
(enjamber|franchir) ..2 (BRINK|barriere|balustrade)
(bord) ..2 (pont|falaise|toit|viaduc|quai|balcon)

[arme_prise s 3 c]
(prendre|sortir|chercher|charger|voler) ..3 FIREARM
(partir|sortir|monter|fuguer|disparaitre) ..1 avec ..2 (FIREARM|corde|cordes)

[secours s 2 -]
(pompiers|samu|urgences|ambulance)

[au_bord s 3 c]
(etre|monter|assis|assise|debout|grimper|allonger|allongee|marcher|pencher) ..3 (BRINK)
(etre|monter|assis|assise|debout|pencher) ..1 (sur|au-dessus) ..1 (fenetre|balcon|barriere)
(bord|haut|dessus|rebord|sommet|bout|milieu) ..2 (BRINK|HIGH|WATER)
(devant|sur) ..1 (rails|voies)
(enjamber|passer|franchir) ..2 (BRINK|barriere|grillage|balustrade)
(attendre) ..2 (prochain|prochaine|TRAIN|metro)
(jambes|pieds|pied) ..3 (vide|dehors)
(regarder) ..1 (le)? (vide|eau|rails)

[lieu_haut s 2 c]
(etre|monter|assis|assise|debout|grimper|regarder|aller|rester|seul|seule) ..3 (HIGH|WATER)
(partir|courir|marcher|diriger|aller) ..4 (BRINK|WATER|HIGH)
JUMPV (de|du) ..1 # (eme|e|etage|ieme)
(devant|sur) ..1 (HIGH|fenetre|pont)

[en_bas s 2 -]
(regarder|voir) ..1 (en bas|le vide|le bas|eau)
(personne|rien) ..2 retenir
(lacher) (prise|tout)
(parler|repondre|bouger) (plus|pas)
(froid|vent)

[sera_fini s 2 c]
(tout|cauchemar|souffrance|calvaire) (=sera) (finir|FINIR|terminer)
(tout|ca|ce) ..1 (=sera|=serait) ..2 (finir|FINIR|terminer|regler|rapide|vite|fait|faire|derriere)
ce etre (la fin|fini|finir|terminer)
(tout|ca) (aller)? (se)? (arreter|finir|terminer)
(courage|force) de (presser|appuyer|sauter|lacher|le)

[train_vient s 2 -]
(prochain|prochaine) (TRAIN|passe|passer|arriver)
TRAIN ..1 (arrive|arriver|passe|passer|vient|venir)

[arme_sur_soi s 4 c]
(EDGE|FIREARM) ..3 (tempe|gorge|cou|poignet|poignets|bouche|veines|crane)
(presser|appuyer) ..2 (detente|gachette)
(moteur) ..2 (allumer|tourner|tourne) ..3 garage
(gaz|four) ..2 (ouvert|ouvrir|allumer)
(ouvrir|laisser|tourner) ..1 gaz

[se_met_en_danger s 3 c]
(milieu) ..1 de? ..1 (route|autoroute|rails|voie|voies)
(traverser|marcher|conduire|rouler) ..3 (sans regarder|yeux fermes|fond|contresens)
descendre sur ..1 (voie|voies|rails)

[annonce s 5 c]
(annoncer|prevoir|programmer|planifier|preparer) ..2 (suicide|SUICV)
suicide ..2 SOON
(lettre|mot) ..6 (suicide|SUICV)

[date s 2 -]
SOON
dans # (minutes|minute|heures|heure|jours)
dans (deux|trois|cinq|dix|quelques) (minutes|heures|jours)
(pour|le) #
ce SOON
(TIME)
(la|tout) de? suite

[derniers_mots s 3 cn]
(mon|ma|mes|ce est ..1|etre ..1|ce sera) (dernier|derniere|derniers|dernieres) (message|messages|nuit|soir|soiree|mots|mot|lettre|heure|heures|coucher|sms|vocal|post|story|photo|noel|anniversaire|volonte|volontes|conversation|au revoir|pensee|pensees|souffle|instants|moments)
derniere fois que (je|tu|vous|on)
(quitter|partir|casser|tirer) ..1 (de)? ce monde
(quand|si) ..3 (voir|lire|trouver|recevoir|ecouter) ..2 (ca|message|mot|lettre) ..5 (tard|plus|partir|GONE|loin)
je ..1 =verrai (pas|plus|jamais)
(=dites|=dis|=dire) ..3 que je (le|la|les|te|leur|vous) avoir? aimer
(laisser|envoyer) ..3 (message|vocal|sms|video) ..5 (aimer|pardon|ADIEU|desole|pardonner)
SOON ce etre ..1 (la fin|fini|finir|termine|terminer|le grand)
(passer|voir|finir|feter|atteindre) (pas|plus|jamais) ..1 (SOON|noel|rentree|anniversaire|annee|ete|bac|mes|printemps)
(entendre) (plus|jamais) ..1 (parler)? (de)? moi
(parler|ecrire|repondre|deranger|embeter) (plus|jamais) (a)? (personne|jamais)
(trop tard) quand
(fin|bout) du (chemin|voyage|calvaire|film)
(dernier|derniers|derniere) (adieu|adieux|mots|volontes|au revoir)
(fini|FINIR|terminer|termine|fin) pour (moi|elle|lui)
moi ce est (fini|FINIR|la fin|termine)
(=serai|=sera|=seras) (plus|pas) (la|de ce monde|en VIE|parmi)
(=serai|=serais) (GONE|loin|partir|libre)
(verra|verrez|reverra|reverrez|reverrai|verrai|revoir|entendre|entendrez|entendra) (plus|jamais)
(plus|jamais) (reverra|reverrai|reverrez|revoir|revoyez)
ADIEU
(se|nous|vous|te) (retrouver|revoir|reverra|retrouvera) ..2 (haut|ailleurs|ciel|paradis|autre VIE|autre monde)
(souvenez|souviens) ..1 de moi
oubliez moi
(garder|gardez) ..3 souvenir de moi

[au_revoir s 2 cn]
(quand|si|lorsque) (vous|tu|on) ..1 (lire|trouver|recevoir) ..2 (message|mot|lettre|ca|ceci)
(prendre|prends|prenez) ..1 soin de
je (vous|te|les) (aimer) ..1 (tous|toutes|tout|fort|maman|papa|les)
(pardon|pardonnez|pardonne|pardonner) ..1 (moi|maman|papa|a|de)
=dites ..1 (a|leur|lui) ..3
=dis (a|leur|lui) ..2 que
(dire) ..3 que je (le|la|les|te|leur|vous) (aimer)
(prendre|occuper|veiller) ..1 soin ..1 (de|d)
je (vous|te|les|leur) (demande|demander) pardon
(embrasser|embrasse|embrassez) ..2 (maman|papa|mere|soeur|frere|tous|tout|mes)
(savoir|sache|sachez|sachent) que je ..2 (aimer)
(desole|desolee) (pour|de) (tout|vous|ma|mon|le mal|ce que)
(pleurer|pleurez|pleure) pas ..2 (moi|quand|apres)
(bisous|bisou|courage) ..1 a (tous|vous|toutes)
(occuper|occupez|occupe|veiller|veille|veillez) ..1 (vous|toi|bien)? (de|sur) (mon|ma|mes)
(au revoir|aurevoir) a? (tous|tout|maman|papa|mes|ma|mon)
dire (au revoir|aurevoir)
(vous|ils) ..1 (y)? (etre|serez) pour rien
(pas|ni) (votre|ta|leur) faute
(heureux|mieux|tranquilles|tranquille) sans (moi|elle|lui)

[merci s 1 c]
merci pour tout
merci (de|pour) ..3 (ecouter|aider|avoir)

[prepare s 3 c]
(ecrire|laisser|rediger|finir|poser) ..3 (lettre|lettres|mot) ..3 (parents|mere|pere|soeur|frere|tous|eux|chacun|famille|adieu|proches|lit|table|bureau|oreiller|maman|papa)
(ecrire|rediger) (mes|mon|une|des|les|sa|ses|ma) (lettre|lettres|testament)
(donner|distribuer|offrir|leguer|donne) ..2 (affaires|vetements|chat|chien|console|peluches|bijoux|jeux|livres|collection)
testament
(fixe|fixer|choisir|choisi|trouver) ..2 (date|jour|moment|methode|endroit|lieu|maniere)
(sais|savoir) ..1 (comment|ou|quand) ..2 (le faire|je vais|faire|mourir|ME)
(dater|date) (fixe|fixer|prevue|choisie)
(laisser|donner|confier) ..2 (codes|code|mdp|cles|passe) ..2 (FRIENDLY|ELDER|YOUNG)
(preparer|ecrire) ..2 (lettre|lettres|mot|mots|video|vocal) ..2 (chacun|tous|eux|nous|adieu|famille|enterrement)
(ma|mes|mon) (tombe|enterrement|obseques|funerailles)

[tout_est_pret s 2 -]
(trouver|savoir|chercher) (comment|ou|quand) (faire|le|me)
(calculer|compter) ..3
ca (suffire)
(GETV) ce que il (faut|falloir)
(supprimer|effacer|vider) ..2 (comptes|photos|messages|telephone|tout)
tout ..1 (pret|prete|prevu|prepare|preparer|organise|regle|planifie|range|organiser|prevoir|planifier|ranger)
(ranger|range) ..2 (chambre|affaires)
(plan) ..1 (pret|prete|est)
(fixe|decide)
ce (etre)? (decider|decide|choix)

[resolu s 3 cn]
(aller|VOULOIR) ..1 (jusque|jusqu) ..1 au bout
aller (le)? recommencer
aller le faire
(VOULOIR) ..1 (de)? recommencer
si ..8 je le faire
(aller|etre) y aller
je le ferai
(passer|passage) a le acte
sauter le pas
(personne|rien|vous) ..3 (me)? (arreter|empecher|retenir)
(chercher|essayer|tenter|venir) pas ..2 (retenir|sauver|retrouver|arreter|chercher)
ME (rater|louper) (pas|plus|jamais)
(rater|louper|raterai|louperai) (pas|plus)
(reste|rester|resterait) plus que ..1 (JUMPV|partir|le|FINIR|a)
(plus|rien) ..1 perdre
ce que je aller faire
(decision) ..2 (prise|prendre|prend)
ce? fois ..3 (bonne|rater|louper|vraie)
changer (pas|plus) avis
faire@i (une|la|des)? (betise|connerie|irreparable|conneries|betises)
(trop tard) ..2 (moi|arreter|sauver|revenir)

[s_en_va s 2 -]
je (partir)
(je|IL) ME en aller
(aller|VOULOIR) ..1 partir
quitter ..1 (monde|terre|VIE|vous)
(plus|jamais) revenir
(laisser|laisse) ..1 (partir|tomber)

[deja_tente s 3 c]
(tentative|tentatives|ts)
ME (suis|etre) ..1 (rater|rate|ratee|louper|loupe|loupee)
(avoir|etre) ..2 (essayer|tenter|failli) ..2 (me|se|en) (KILLV|HANGV|SUICV|FINIR|JUMPV|finir|noyer)
(sortir|sortie|sors) ..2 (hopital|psychiatrie|hp|hospitalisation)
(reanimation|rea|lavage)
(retrouver|trouver) ..1 (pendu|pendue|inconscient|inconsciente|evanouie)
(sauter|essayer|tenter) une fois
(essayer|tenter) de (ME|SE) ..1 (CHOKE|KILLV|HANGV|SUICV|noyer|SLASH|JUMPV)

[attend_d_etre_seul s 2 -]
SE etre? SHUTV
ME (etre)? SHUTV
(attendre) que ..4 (partir|dormir|coucher|sortir|endormir|parte)
(quand|des que|une fois que) ..4 (dormir|dort|dorment|dormira|coucher|couche|partir|sortir)

[seul s 1 -]
personne ..2 (savoir|sait|saura|la|maison)
(attendre) que ..4 (partir|dorme|dorment|couche|parte|sorte|dormir|sortir)
(parents|mere|pere|tous|ils|monde) ..2 (dormir|dorment|dort|partis|sortis)
(seul|seule) ..2 (maison|chez|chambre|appart|appartement)
(appeler|appelez|appelle|prevenir|prevenez|chercher|cherchez) pas
(dire|dites) rien
(salle de bain|toilettes|chambre|grenier|cave|garage)
(porte) (fermer)

[corps s 2 n]
BODY
(tete|tout) ..1 tourne
(commence|commencer) a (ME)? (dormir|endormir|tourner|trembler|froid)
(sens|sentir|vois|voir) (plus|flou|trouble|rien)
(somnolent|somnolente|inconsciente|inconscient|evanouie|evanoui|respire|respirer|dors|dormir)
froid
(mains|jambes) ..1 (trembler|tremblent|tremble)
peux plus bouger
MEDS faire effet

[silence s 2 n]
(repondre|repond) (plus|pas)
(injoignable|introuvable|disparu|disparue)
(tel|telephone|portable) ..1 (eteint|coupe|messagerie|repondeur)
(partir|sortir|fuguer) (sans|en courant|de la maison|en pleine) ..2 (tel|telephone|rien|nuit|veste|dire|moi|hurler|pleurer|maison)
verrouille
(appeler|appelle) en pleurer
(retrouver|trouve) (plus|pas)
(depuis|il y a) # (heures|heure|h|minutes)
depuis une? (heure|moment)

[craint_un_geste s 3 cn]
(peur|crainte|craindre|crains) ..1 que? ..2 (faire|fasse|passe|passer|commettre|commette|KILLV|SUICV|recommence|sauter) ..3 (betise|connerie|truc|acte|irreparable|mal|vie|jours)
(peur|crains) ..3 (KILLV|SUICV|passe a le acte|se fasse|fasse du mal)
menacer ..2 (SE|ME) (KILLV|SUICV|HANGV|JUMPV|FOUTRE)
(parler) ..4 (mourir|crever|SUICV)
(parler|parle|chercher|cherche) ..2 (suicide|SUICV|mort|mourir|comment mourir)
(dire|ecrire|parler|menacer|repeter|jurer|annoncer) ..3 (SE) (KILLV|SUICV|HANGV|tirer|FOUTRE|JUMPV)

[souffre s 1 n]
(peux|pouvoir|peut) plus
(supporter|supporte) plus
trop (dur|mal|tard)
(souffrir|souffre|souffrance|douleur)
(ai|avoir) plus (la)? (force|espoir|envie)
(envie|gout) de rien
(vide) ..1 (dedans|interieur)

[agresse v 3 c3]
(ME|me|nous|la|le|te|les) ..1 (HURTV|CHOKE|STABV)
(ME|nous|la|le|les) (avoir|a) ..1 (HURTV|CHOKE|STABV|pousser|jeter|trainer|serrer|plaquer|plaquee|plaque|attraper)
(HURTV|CHOKE|STABV|menacer|poursuivre) (ma|mon|mes|sa|son|notre|la|ses|le) (ELDER|FRIENDLY|YOUNG|petit|petite)
(coup|coups|gifle|gifles|claque|claques|raclee|baffe|baffes|beigne|beignes|trempe) ..3 (ceinture|baton|poing|pied|chaussure|cable|poings|pieds|martinet|quand|chaque|tous|tete|visage|ventre)
(mettre|donner|recevoir|prendre) ..1 (coup|coups|gifle|gifles|claque|claques|raclee|baffe|baffes|beigne|trempe)
(serrer|tenir|attraper|saisir) ..2 (gorge|cou)
se battre ..2 (avec|contre|violemment)
(HURTV) (ELDER|FRIENDLY)
(ME|me|nous|la|lui|le) (avoir|a) (casser|peter|fracturer|exploser|tordre|demis) ..1 (bras|nez|dents|dent|jambe|machoire|doigt|doigts|poignet|gueule)
(casser|peter|fracturer|exploser|tordre) ..1 (bras|nez|dents|jambe|machoire|doigt|poignet) (de|a) (mon|ma|mes|sa|son)
tout (casser|peter|detruire|fracasser)
(jeter|lancer|balancer) ..3 (contre le mur|sur moi|dessus|escaliers|escalier)
(bleus|bleu|hematome|hematomes|ecchymoses|fracture) ..4 (bras|corps|dos|visage|partout|jambes|visages|cou|oeil)

[etrangle v 2 c]
CHOKE
(serrer|attraper|mains) ..2 (gorge|cou)
plus respirer
cru (mourir|que)

[va_tuer v 3 c3]
(aller|VOULOIR|jurer|venir|menacer) ..2 (me|la|le|nous|les|te) (KILLV|STABV|HURTV|CHOKE|RAPEV|retrouver)
(aller|venir) ..2 (me|le|la|nous|te) (DIEV|bruler|cramer)
(me|nous|la|le|te) KILLV@f
(bruler|cramer|incendier) ..2 (maison|voiture|appart|vifs|vives|vif|vive|moi)
(pour|de) (me|la|le|nous) (KILLV|STABV|HURTV|CHOKE)
menacer de mort
menaces de mort
menacer de (me|nous|le|la) (KILLV|HURTV|STABV)
(menacer) ..2 avec ..2 (TOOL|EDGE|FIREARM)

[en_cours v 2 -]
(en train|entrain|train) de
(la|juste) maintenant
(ce|tout a) (SOON|le heure)
tout a lheure
(aller) (revenir|rentrer|recommencer|arriver)
IL (continuer|recommencer)
(est|sont|etre) (la|derriere|devant|dehors|bas|ici|rentre|dans la)
(arrive|arriver|approche|monte|revient|debarque)
hier
(TIME|SOON)
(entends|entend|entendre)

[arme v 2 c]
(prendre|sortir|avoir|avec|tenir|brandir|chercher|pris) ..3 (TOOL|EDGE|FIREARM)
(avec|de) (un|une|son|des|sa) (TOOL|EDGE|FIREARM)
arme

[enferme v 3 c]
(mettre|jeter|enfermer) ..1 dans ..2 (coffre|cave|camionnette|van)
(etre|rester) ..1 (SHUTV) ..1 (dans|chez|avec) ..2 (voiture|cave|placard|coffre|lui|eux|IL|appart|inconnu|camion|cabane)
(IL|on|ils|mec) (me|nous|la|le) (avoir|a)? (SHUTV)
(retenir|sequestrer|garder) ..1 (ma|mon|me|sa|son) ..1 (FRIENDLY|YOUNG)
(me|nous|la) (avoir|a|ont)? (SHUTV) (dans|chez|avec|a|depuis|toute)
(laisser|laisse) (pas|plus) ..2 (sortir|partir|descendre|rentrer|repartir|voir)
(vouloir|veut|veulent) (pas|plus) ..2 (laisser|que je) ..2 (sortir|partir|descendre|sorte|parte|descende|rentre)
(empecher|interdire|empeche) ..2 de? (sortir|partir|descendre|rentrer)
(prendre|confisquer|cacher|pris) ..1 (mes|ma|mon|tous) (cles|papiers|passeport)
(fermer|ferme) ..2 a cle
(kidnapper|sequestrer)
(emmener|emmene|embarquer) ..4 (voiture|camion|foret|pas ou|cave|bled|pays)
(marier|mariage|epouser) ..4 (force|forcer|pays|bled|vieux|demain|veux|cousin)
(partir|part|envoyer|emmener) ..3 (pays|bled) ..4 (marier|marie|mariage|exciser|jamais)

[se_cache v 2 n]
(cacher|cache|cachee|planquer|planque|planquee|refugiee|refugie|refugier|barricade|barricadee)
(venez|viens|envoyez|aidez|aide|au secours|help|vite|police)
etre (seul|seule) (la|chez|a|dans|maison)?
sais pas ou (on|je|il) (aller|etre)
(battre|tuer|frapper) devant (les|mes|nos)
(peur) ..2 (IL|que|rentre|entre|revienne|lui|vienne)
(avoir|ai) (trop)? peur
(crier|hurler|hurle|crie|hurlements|cris)
(enfants|petit|petite|bebe) ..2 (avec|la|dans|cote)

[porte v 3 c]
(tambouriner) ..3
(frapper|taper|casser|defoncer|forcer|enfoncer|cogner|tambouriner|fracasser|fracture|peter) ..3 porte
(essayer|tenter|chercher|veut|vouloir) ..2 (ouvrir|entrer|rentrer) ..3 (fenetre|porte|maison|chez|volet|volets|appart|chambre)
(suivre|suit|suivent|poursuivre|poursuit|suivie|suivi) ..3 (rue|depuis|dehors|metro|bus|chez|pied|voiture|rentrer)
(entrer|rentrer|rentre) ..2 (chez moi|de force|par la fenetre)

[dehors v 2 c]
(devant|derriere|bas) (de|la|ma|notre|mon|chez) ..2 (porte|chez|maison|immeuble|moi|nous|fenetre)
(attendre|attend|attendent) ..3 (bas|dehors|sortie|chez|devant|portail|coin|arret)

[viol x 3 c]
VOULOIR ..1 que je ME ..1 (SEXV|toucher|filmer)
(rentrer|entrer|regarder|venir|mater|filmer) ..3 (douche|bain|deshabiller|changer)
(RAPEV)
(MAKEV) ..3 a ..2 (SEXV|toucher|sucer|faire|regarder|embrasser|masturber|coucher)
(MAKEV) ..4 (SEXV)
(toucher|tripoter|peloter|caresser|FONDLE) ..3 (INTIM|seins|fesses|sexe|cuisses)
(cousin|oncle|frere|pere|papi|beau|voisin|prof|entraineur|coach|tonton|grand-pere|educateur|parrain|cousine|moniteur|beau-pere|animateur) ..1 (me|la|le|te) (avoir|a)? (FONDLE)
(pas|non) (consentement|consentante|consentir|consenti)
(dire) (non|stop) ..5 (continuer|forcer|faire|quand)
(continuer|insister) ..5 (non|stop|pleurer|mal|debattre)
(venir|entrer|glisser|dormir) ..1 dans (mon|le|son|notre) ..1 (lit|draps)
(toucher|FONDLE) ..3 (poitrine|intime|intimes|endroits|zizi|chatte|bite)
(MAKEV) ..1 (a)? faire ..1 (choses|trucs|chose|fellation|sale|sales)
(dormir|coucher) ..1 (chez|avec) lui
(abuser|abuse|agresser|agresse|agressee) (de|sexuellement|moi)
(baisser|enlever|arracher|retirer) ..2 (pantalon|culotte|vetements|fringues|short|jupe|habits)
(doigts|main|mains) ..3 (culotte|vagin|pantalon|chatte)
(reveiller|reveillee) ..3 (nue|nu|sans|deshabillee)
(coincer|coincee|plaquer|bloquer|plaquee) ..6 (embrasser|toucher|seins|fesses|sucer)
agression sexuelle
(rapport|rapports|SEXV) ..3 (force|forces|contre|voulais pas)

[recent x 2 -]
hier
(SOON|TIME)
(ce|tout a) (le heure|midi|matin|aprem|soiree)
(vient|VENIR|viens) de
tout a lheure
(soiree|fete)

[adulte m 2 c]
(de|a|avoir|est) # ans
(STRANGERS) ..4 (#)
(mec|gars|homme|type|copain|pote) (de|plus) (#|age|vieux)
(adulte|majeur|quarantaine|trentaine|cinquantaine|vieux)

[rendez_vous m 2 c]
(attendre) ..4 (devant|gare|sortie|bas|chez|hotel|parc|arret|voiture|parking|college|lycee)
(aller|devoir|VOULOIR|partir|accepter) ..3 (rencontrer|rejoindre|retrouver|voir|dormir|voie|rencontre)
(rdv|rendez-vous) ..4 (gare|hotel|parc|chez|SOON|parking|TIME|foret|lui)
(venir|passer) ..2 (chercher|prendre)
(partir) ..2 (rejoindre|retrouver|voir|chez)
(monter) ..3 voiture
(emmener|emmene) ..3 (voiture|hotel|chez)
je (vois|voir|retrouver|rejoindre|rencontrer) ..4
(on) se (voir|voie|retrouver|rencontrer)

[appat m 2 c]
(proposer|offrir|donner|promettre|envoyer|acheter) ..2 (skins|skin|robux|vbucks|argent|cadeau|cadeaux|tel|iphone|recharge|cigarettes|vapes|vape|puff|euros|bijoux)
(demander|VOULOIR|reclamer|envoyer|contre) ..3 (PICS|webcam|cam|visio|sous-vetements|culotte|maillot)
(PICS) ..3 (sous-vetements|maillot|nue|nu|culotte|sexe|corps|intime|intimes|zizi)
(dormir|coucher|embrasser|bisou|caresser) ..2 (lui|chez|moi|avec)
(messages|parler|ecrire|parle) ..3 (nuit|sexe|amour|sexuel|sexuels)
(amoureux|amoureuse|aimer|mature) ..2 (moi|lui|age)

[bientot m 2 -]
SOON
(voiture|devant|maintenant|gare|bas|arrive|route)

[connu_en_ligne m 2 c]
(connaitre|connu|rencontrer|rencontre|parle|discute|contacter) ..2 (sur|en ligne|par|via|internet)
(internet|jeu|ligne|discord|snap|insta|roblox|fortnite|tiktok|yubo|reseau|reseaux|wizz|appli)

[proche m 1 -]
(ELDER|prof|professeur|coach|moniteur|infirmier|medecin)

[mineur m 2 -]
(avoir|ai|a|de) (10|11|12|13|14|15|16|9|8) ans
(moi|elle|lui|en ai) (10|11|12|13|14|15|16)
(college|lycee|collegienne|mineure|mineur|cm2|6e|5e|4e|3e)
(fille|fils|eleve|soeur)

[en_secret m 1 -]
(parler|dire) ..2 a personne
(parents|mere|pere|personne|maman) ..2 (savoir|sait|savent|courant)
(secret|cachette|cacher)
(sans|pas) ..1 (dire|parler)
(mes|sa) parents

[publier k 2 c]
ou ..5 (voir|recevoir) ..2 PICS
(aller|menacer|va|VOULOIR) ..3 (SHARE|mettre) ..5 (PICS|tout|tous|ca)
(partir|part|aller|finir|sera|finira) ..3 (famille|contacts|parents|lycee|college|amis|collegues|insta|internet)
(SHARE) ..3 (famille|contacts|parents|lycee|college|amis|collegues|femme|mari|abonnes|potes)
(SHARE|mettre|met) ..2 (tout|PICS|la|les) ..4 (insta|snap|internet|lycee|college|contacts|parents|amis|famille|abonnes|ecole|tiktok|facebook|ligne|monde|telegram)
(SHARE|mettre) ..1 (tout|PICS)
(afficher) (partout|devant)

[exige k 2 c]
si je (SHARE|PAY|payer|donner|repondre|accepter|verser|refuse|refuser|bloque|bloquer|quitte|reviens|obeir|parle|faire|reponds) ..1 (pas|plus)?
si ..3 (pas|refuser|plus)
si je ..2 (pas|plus)
(SHARE) ..3 (PICS) ou
(sinon|ou|ou bien) (IL|on|tout|ca)
(demander|exiger|reclamer|VOULOIR) ..3 (euros|argent|bitcoin|paypal|photos|PICS|nudes|transcash|pcs|carte|cartes|#)
avant (SOON|TIME|#|ce)
(laisser|laisse|reste) ..2 (heures|jours|heure|#)
(chantage|rancon|sextorsion)
"""


class Sign(NamedTuple):
    """A kind of fact, its theme and weight."""

    name: str
    theme: str
    weight: int
    flags: str
    patterns: tuple[tuple[dict[str, Any], ...], ...]


_PART = re.compile(r"\(([^)]*)\)(\??)|(\S+)")
_MORPH = {"c": "Mood=Cnd", "1": "Person=1", "3": "Person=3", "f": "Tense=Fut", "i": "VerbForm=Inf"}


def parse_signs(classes: Collection[str], lemmas: Mapping[str, str]) -> tuple[Sign, ...]:
    """Read the signs' text; `classes` are the classes that words may have."""
    signs = []
    for block in SIGNS.strip().split("\n\n"):
        heading, *lines = block.splitlines()
        name, theme, weight, flags = heading.strip("[]").split()
        patterns = tuple(p for line in lines for p in _patterns(line, classes, lemmas, flags))
        signs.append(Sign(name, theme, int(weight), flags, patterns))
    return tuple(signs)


def sign_words() -> frozenset[str]:
    """Every plain word the signs and their classes mention."""
    named = " ".join(CLASSES.values()) + re.sub(r"\[[^\]]*\]", "", SIGNS + _IDIOMS)
    return frozenset(re.findall(r"(?<![@\w'-])[a-z][a-z'-]*", named))


def _patterns(
    line: str, classes: Collection[str], lemmas: Mapping[str, str], flags: str = ""
) -> list[tuple[dict[str, Any], ...]]:
    # Where a denial is part of the sign, a gap may hold it.
    barriers = ["STOP"] if "n" in flags else ["STOP", "NEG"]
    choices: list[list[tuple[dict[str, Any], ...]]] = []
    for match in _PART.finditer(line):
        group, optional, word = match.groups()
        if word is not None and word.startswith(".."):
            gap = {"TAG": {"NOT_IN": barriers}, "OP": f"{{0,{int(word[2:])}}}"}
            choices.append([(gap,)])
            continue
        if word is not None and word.endswith("?"):
            group, optional = word[:-1], "?"
        options: list[tuple[dict[str, Any], ...]] = []
        single: dict[str, list[str]] = {"LEMMA": [], "TAG": [], "LOWER": []}
        for option in (group if group is not None else word).split("|"):
            words = option.split()
            if len(words) == 1 and "@" not in option and option != "a":
                ((key, value),) = _token(words[0], classes, lemmas).items()
                single[key].append(value)
            else:
                options.append(tuple(_token(w, classes, lemmas) for w in words))
        for key, values in single.items():
            if values:
                options.append(({key: values[0] if len(values) == 1 else {"IN": values}},))
        choices.append([*options, ()] if optional else options)
    return [tuple(itertools.chain(*parts)) for parts in itertools.product(*choices)]


def _token(word: str, classes: Collection[str], lemmas: Mapping[str, str]) -> dict[str, Any]:
    word, _, morph = word.partition("@")
    spec: dict[str, Any] = {}
    if word.startswith("="):
        spec["LOWER"] = word[1:]
    elif word.isdigit():
        spec["LOWER"] = word
    elif word in classes or word == "#":
        spec["TAG"] = word.replace("#", "NUMBER")
    elif word == "a":
        spec["LEMMA"] = {"IN": ["a", "avoir"]}
    elif word:
        spec["LEMMA"] = lemmas.get(word, word)
    if morph:
        spec["MORPH"] = {"IS_SUPERSET": [_MORPH[morph]]}
    return spec


#: The key under which set phrases are found.
IDIOMS = "idiome"

# Set phrases that only look like danger. What they cover counts in neither layer.
_IDIOMS = """
KILLV a ..2 @i
(mourir|crever|mort|morte|pleurer) de (rire|faim|soif|chaud|froid|fatigue|honte|ennui|peur|trouille|sommeil|jalousie|envie)
(taper|taper) (un|une|la|le) (scandale|crise|bug|delire|honte|discute|affiche|film|barre|fou|cul|sieste)
(taper|tuer|monter|courir|jouer|casser) sur les nerfs
(sauter|sauter) de joie
(jeter|jeter) ..1 (oeil|dessus|sur|poubelle)
(tirer|tirer) (la)? balle dans le pied
tomber ..3 (velo|trottinette|skate|cheval|escaliers|escalier|moto)
(batterie|forfait|data|reseau|wifi|chargeur) ..3 (mourir|mort)
(mort|mourir|crever) ..3 (batterie|telephone|tel|ordi|serveur|appli)
(tel|telephone|ordi|pc|portable|console|serveur|groupe|batterie) (etre|est) (GONE|DIEV)
(disparaitre|disparaisse) (de|des|du) (les|reseaux|internet|google|snap|snapchat|insta|instagram|facebook|tiktok|resultats)
(plus|pas) de (batterie|forfait|data)
(disparaitre) de un? ..1 (groupe|conversation|serveur|discussion|photo)
(betise|betises|connerie|conneries) (sur|en) (internet|ligne|tiktok|insta|snap|les)
(dernier|derniere|derniers) (jour|soir|nuit|soiree|message|fois|photo|post|story|heure|heures|anniversaire) (de|des|avant) ..1 (vacances|cours|ecole|stage|classe|colo|voyage|annee|camp|festival|prof|serie|rentree|ligue)
ADIEU (le|la|les|mon|ma|mes) ..2 (telephone|compte|tel|vacances|insta|snap|console|wifi|reseaux|argent|week-end|weekend|moyenne|tiktok|ordi)
pere noel
ADIEU les (cours|profs|devoirs|maths|examens|kilos|college|lycee)
(taper) sur le systeme
toucher pas (un|mot|ma|mon|le|la|les)
planter (au|en) (dernier|plein|cours|rdv)
poignarder dans le dos
saigne ..1 nez
faire du HURT a @i
vivre sans (mon|ma|mes|le|la|tel|telephone|internet|tiktok|insta|wifi)
coup de (soleil|fil|main|coeur|tel|telephone|pouce|stress|barre|chaud|froid|foudre|pub|vent|mou)
coups de (soleil|fil|tel|telephone|coeur|main|stress)
suivre ..1 (sur|pas)
porte (du|de) la? (frigo|four|placard|voiture|armoire|garage|cabane)
(obliger|forcer) a? faire (la|le|mes|mon|les|du|de) ..1 (vaisselle|devoirs|menage|sport|lit|linge|foot|piano|courses|chambre)
(menacer) de ..1 (confisquer|priver|couper|supprimer|punir|retirer|enlever|bloquer|bannir|ban|signaler|desabonner)
SE etre? HANGV a le? (telephone|tel|bras|cou)
SE etre? HANGV (au) (telephone|tel|bras|cou)
en FINIR avec (le|les|ce|cet|mon|ma) (devoir|devoirs|exposé|expose|appli|jeu|probleme|arnaque|pub|pubs|spam|compte|reseaux)
(couteau|ciseaux|corde|ceinture) (suisse|noire|de guitare|a sauter|en papier|de judo|jaune|verte|bleue)
"""


def idiom_patterns(
    classes: Collection[str], lemmas: Mapping[str, str]
) -> list[list[dict[str, Any]]]:
    """The set phrases, as patterns."""
    lines = _IDIOMS.strip().splitlines()
    return [list(p) for line in lines for p in _patterns(line, classes, lemmas)]


#: Ordinary words that a speller must not take for one of the above.
ORDINARY = frozenset(
    "traite traiter traites traitee tel tels telle frigo vers dehors autour avant apres pendant contre entre depuis hors loin pres selon chaque quel"
    " quelle dont leurs votre vos nos celui celle ceux cela rien quoi donc alors ainsi assez autre"
    " autres bonne bons cher chose cours deux trois grand grande gros heure jour lieu main mains nom"
    " nouveau part pays pied point porte premier question rue salle sorte sujet vue vieux vite avis"
    " bras cas corps doigt effet esprit exemple face fois forme groupe guerre histoire homme idee"
    " mieux moins plein raison sens suite table temps tete trop voix super classe parle site compte"
    " merci bonjour salut bonsoir photo ecole tant rester bas haut cote coup con conte pas par pose"
    " cas mer car sol son nos pot pis lis mis bas dos gars fin vin pain cou nid net met set lot mot"
    " bon vrai vraie soit soin soins sale sales cote cotes code codes mode film carte lit lits"
    " parc sac sacs set cle mur murs air art arts pour cour tour court longue long".split()
)
