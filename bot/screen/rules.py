"""What danger looks like: rules over classes of words, and how their text is read.

A rule is one line: CLASS (see `lexicon`), a plain word, `x?` may be missing, `(a|b c)` one of,
`..3` up to three words within a clause, `~3` the same across commas. Gaps never jump over a
negation or the end of a sentence, so that "je veux pas mourir" is no "je veux mourir".

A heading gives the name, the urgency, the issue and what the context may do to the rule:
  1 said of oneself · 3 said of another · n only named   (fiction and study silence 3 and n)
  j a joke with a small cause silences it · p what is over lowers it · x a denial before silences it
"""

import itertools
import re
from dataclasses import dataclass
from typing import NamedTuple

from core.labels import Issue, Urgency

RULES = """
[suicide_annonce critique ideation_suicidaire 1j]
VAIS tout? ME (KILL|SUIC|HANG)
VAIS te? ME FOUTRE en le air
VAIS ME donner la mort
VAIS en FINIR
VAIS ..3 ({MEACT})
(compte|prevois|prevu|decide|pret|prete|sur le point) ..1 (de|a)? ({MEACT})
(comment|moyen) ~6 (DIE|ME SUIC|ME KILL|en FINIR) ~3 (douleur|souffrir|mal|vite|rapidement)
combien ~5 (MED|BOX) ~6 (DIE|mortel|SUIC)
dose ~4 (mortelle|letale|DIE)
VAIS faire une (betise|connerie) ~4 TIME
VAIS partir ..2 (jamais|definitivement|ciel)
VAIS rejoindre ~6 (ciel|paradis|haut|morte|mort|decedee)
(TIME|apres-demain) ~5 (sera|serai|seront) ~2 (FINIR|DEAD|debarrasses|tranquilles)
(suis|est|monte|montee|debout) ..2 (bord|haut|rails|quai) ~3 (HEIGHT|pont|quai|rails)
(sur|bord) ..1 (rebord|rails)
(fixe|choisi) (la|une|ma) date ~12 (DIE|SUIC|mort|FINIR|VIE|ADIEU|LETTER)
(LETTER|lettre) ..2 (ecrite|ecrit) ~10 (DIE|SUIC|FINIR|ADIEU|prevu|prepare)
ecrit ..3 (lettre|lettres) ~12 (DIE|SUIC|FINIR|ADIEU|TIME|corde|MED)
VAIS ME (tirer une balle|noyer|faire sauter la cervelle|faire sauter le caisson)
rebord de ..2 HEIGHT
VAIS passer a le ACTE
(VAIS|compte) mettre fin a (mes JOURS|ma VIE|tout)
(VAIS|compte) ME JUMP ..3 HEIGHT
VAIS JUMP ..3 HEIGHT
JE ME (JUMP|balance) ..3 HEIGHT
JE ME (KILL|SUIC|HANG|FOUTRE en le air)
TIME je en FINIR
JE en FINIR ..3 TIME
JE compte (ME SUIC|ME KILL|en FINIR)
(VAIS|JE) ME ouvrir les VEINS
HEIGHT ~6 VAIS (JUMP|ME JUMP)
VAIS ..2 SWALLOW ..4 (MED|BOX|tout|POISON)
VAIS ..2 (TAKE|DRINK) ..3 (BOX|POISON)
VAIS TAKE (tous|toute|toutes|tout|trop|plein) ..3 (MED|BOX)
VAIS DIE ~3 TIME
VAIS DIE ce TIME
(TIME|ce TIME) ~1 je DIE
(VEUX|ENVIE de) (DIE|ME KILL|ME SUIC|en FINIR) ~2 (ce|des) TIME
(VEUX|ENVIE de) (DIE|ME KILL|ME SUIC|en FINIR) ~5 (BLADE|GUN|ROPE|MED) ~4 main
mettre fin a (mes JOURS|ma VIE) ~3 TIME
(VEUX|ENVIE de) ({ACT}) ~3 TIME
TIME ~3 (VEUX|ENVIE de) ({ACT})
TIME ~2 je ME (KILL|SUIC|HANG|FOUTRE en le air)
JE ME (KILL|SUIC|HANG) ~3 TIME
VAIS ME faire du HURT
me raterai (pas|PLUS)
VAIS (passer|me mettre) sous ..1 HEIGHT
(passe|jette) sous ..1 HEIGHT
VAIS le faire ~3 TIME

[moyen_en_main critique ideation_suicidaire 1]
(MED|BOX|BLADE|GUN|ROPE|POISON) ..4 (devant moi|dans la main|dans ma main|a la main)
ROPE ~5 cou
ROPE ~8 (ce|pour) TIME
ROPE ~8 pour ce TIME
BLADE ~4 (VEINS|LIMBS|gorge)
(prepare|achete|trouve|cherche|accroche) ..2 (ROPE|GUN)
({ACT}) ~8 (MED|BLADE|GUN|ROPE)
(ai|a) ..1 (MED|BLADE|GUN|ROPE) ~10 ({ACT})
AVOIR ..2 ROPE ~8 (sais|servir|placard|FINIR|prepare)
(GUN|ROPE|MED|BLADE) ~14 VAIS (en FINIR|ME KILL|ME SUIC|tout)
tout (prepare|prevu) ~6 (FINIR|DIE|SUIC|ME KILL)
(FINIR|DIE|SUIC|ME KILL) ~6 tout (prepare|prevu)

[geste_en_cours critique ideation_suicidaire 1]
je ai SWALLOW ..5 (MED|BOX|POISON)
je ai TAKE (plein|tous|toute|toutes|tout|trop) ..3 (MED|BOX)
je ai TAKE une BOX
je ai pris ..2 BOX de MED ~4 (tete|tourne|dormir|dors)
AVOIR DRINK ..3 POISON
VENIR de (SWALLOW|TAKE|DRINK) ..4 (BOX|POISON)
VENIR de (SWALLOW|TAKE) ..1 (tous|toute|tout|plein|trop|#) ..3 (MED|BOX)
VENIR de SWALLOW ..4 MED
(ai|a) (TAKE|SWALLOW) ..1 # ..2 (MED|BOX)
(ai|a) tout (SWALLOW|TAKE) ~8 (MED|BOX|tete|vertiges|dors|urgences|alcool|pharmacie)
(ai|a) (TAKE|SWALLOW|melange) ..5 MED ~4 (alcool|vodka|whisky)
(alcool|vodka) ~5 MED
(BLOOD|saigne) ~6 (BLADE|VEINS|poignets|arrete pas)
(BLADE|VEINS|LIMBS) ~6 BLOOD
(ai|a|VENIR de) (faire|fait) une (overdose|od)
train de ME (CUT|KILL|SUIC|HANG|OUVRIR)
ME CUT ..1 VEINS
ME (suis|etre) CUT ..1 VEINS
ME (suis|etre)? OUVRIR ..1 VEINS
ME OUVRIR ..1 VEINS

[adieux critique ideation_suicidaire 1]
(dis|dire|dit) ADIEU
ADIEU (tout le monde|a tous|a toutes|maman|papa|mes|les amis)
LETTER de ADIEU
je serai PLUS (la|de ce monde|en VIE)
(verra|reverrez|verrez|reverras) PLUS jamais? ~8 (ADIEU|DIE|SUIC|FINIR)
je serai DEAD
(dites|dis) a ..3 que je (le|les) (aime|aimais)
quand (vous|tu) (lirez|lis|lisez) ..2 LETTER

[tentative_recente critique ideation_suicidaire 1]
(ESSAYER|essaye) ..1 de? ({ACT}) ~3 (RECENT|ce TIME|semaine)
(RECENT|TIME) ~4 ai ESSAYER ..1 de? ({ACT})
TENTATIVE ~8 (semaine|semaines|mois|jours) ~14 (reviennent|recommence|revient|PENSER|IDEES)
TENTATIVE ~6 (reviennent|recommence|revient)
ts le mois dernier ~14 (reviennent|recommence|revient|PENSER|IDEES)

[mention_du_suicide moderee ideation_suicidaire npx]
SUIC

[me_suicider elevee ideation_suicidaire 1jx]
ME SUIC
ME HANG
(pour|de|a) ME KILL
(de|pour) ({MEACT})
ENVIE que ca se (termine|arrete|finisse)
(PLUS|NEG) ENVIE de etre ..1 (la|terre)
(dit|dis|dire) au revoir a (tout|tous|mes|ma|mon|maman)
JE ME coup (.|,|tous|depuis|quand)
(PENSER|VEUX|ENVIE|besoin|idee|reve) ~4 ({MEACT})
VEUX ..2 ({MEACT}|DISPARAITRE)
VEUX ..1 DIE
ENVIE ..2 de ..2 ({MEACT}|DIE|DISPARAITRE)
(arrive|peux|sais) (PLUS|NEG) ..1 a? VIVRE
VIVRE ..1 (PLUS|NEG) pour
(attenter|atteinte) a (mes|ma) (JOURS|VIE)
(faire|fais) une (betise|connerie)

[se_suicider elevee ideation_suicidaire 3jx]
SE SUIC
(PEER|CHILD|IL|HOLDER|PARTNER) ~8 ({SACT})
(PEER|CHILD|IL) ~6 VEUX ..2 (DIE|DISPARAITRE|{SACT})
(PEER|CHILD|IL) ~6 (PLUS|NEG) ..2 ENVIE de VIVRE
(PEER|CHILD|IL) ~6 VEUX (PLUS|NEG) VIVRE
(PEER|CHILD|IL|ses) ~6 (bras|poignets|cuisses) ~5 (cicatrices|marques|coupures|BLOOD)
(cicatrices|coupures|entailles) ~5 (bras|poignets|cuisses|avant-bras)

[tentative elevee ideation_suicidaire 1px]
(ESSAYER|essaye) ..1 de? ({ACT})
(ESSAYER|essaye) ..1 de? ({SACT})
TENTATIVE de SUIC
fait une TENTATIVE (.|,|il|a|en|quand|le|la|ce)
(fait|refait) une ts
ma ts
ts le mois dernier

[tiers_va_passer_a_l_acte critique ideation_suicidaire 3j]
(VA|ALLAIT) SE (KILL|SUIC|HANG)
(VA|ALLAIT|VENIR de) ({SACT})
(VA|ALLAIT) SE? JUMP ..3 HEIGHT
HEIGHT ~6 VA (JUMP|SE JUMP)
VA passer a le ACTE
(VA|ALLAIT) mettre fin a (ses JOURS|sa VIE)
AVOIR SWALLOW ..5 (MED|BOX|POISON)
a TAKE (plein|tous|toute|toutes|tout|trop) ..3 (MED|BOX)
a TAKE une BOX
LOCKED ..8 (BLADE|MED|ROPE|GUN)
(trouve|trouvee|surpris) ..5 avec ..2 (ROPE|BLADE|GUN|BOX)
(CHILD|PEER|IL) ~4 (monte|montee) ..2 (toit|rebord|pont)
(CHILD|PEER|IL) ~6 (sur|bord) ..2 (toit|rebord|pont|rails) ~8 (JUMP|DIE|FINIR|SUIC)
(laisse|ecrit|trouve) ..3 (lettre|mot) ~8 (parti|partie|disparu|disparue|ADIEU|repond)
(laisse|laissee) (un|une) LETTER ~3 (lit|table|chambre|bureau|oreiller)
ADIEU ~10 repond (PLUS|NEG)
repond (PLUS|NEG) ~14 (SUIC|DIE|ADIEU|SE KILL)
(SUIC|DIE|SE KILL) ~14 repond (PLUS|NEG)
(CHILD|PEER) ~4 (ESSAYER|tente) de ({SACT}) ~4 (RECENT|ce TIME|matin)
(CHILD|PEER) ~4 (ESSAYER|tente) de (DIE|SUIC)
SE CUT ..1 VEINS
SE (est|ETRE) (CUT|OUVRIR) ..1 VEINS
train de SE (CUT|KILL|SUIC|HANG|OUVRIR)
(VEUX|dit|parle|MENACE) ..4 ({SACT}) ~3 TIME
({SACT}) ~10 (MED|BLADE|GUN|ROPE)
(ROPE|BLADE|GUN) ~8 ({SACT})

[suicide_autre_langue critique ideation_suicidaire 1]
going to (kill myself|end my life|end it)
gonna (kill myself|end my life|end it)
kill myself ..2 tonight
want to end my life
voy a (suicidarme|matarme)
werde mich umbringen
bringe mich um
end my life ~8 MED

[ideation_autre_langue elevee ideation_suicidaire 1]
want to (die|kill myself|end it)
kill myself
end my life
don te want to (live|be alive)
cut myself
(quiero|voy a) morir
quiero (matarme|suicidarme)
no? quiero PLUS? vivir mas
sin? quiero vivir
no quiero vivir
acabar con mi vida
will nicht mehr leben
(will|mochte|moechte) sterben
mich umbringen
bghit (nmout|nmot|nmoute)
brit (nmout|nmot)
abgha amout
ENVIE mo
vle (mo|mourir)
pas vle viv
(tjwe|tchwe) (ko|tet) mwen

[envie_de_mourir elevee ideation_suicidaire 1j]
VEUX trop? (DIE|DISPARAITRE|DEAD)
VEUX etre DEAD
VEUX en FINIR
VEUX (ME|SE) (KILL|SUIC|HANG|JUMP ..3 HEIGHT|FOUTRE en le air)
VEUX que tout se arrete
VEUX mettre fin a (mes JOURS|ma VIE|ses JOURS|sa VIE)
ENVIE de trop? (DIE|DISPARAITRE|en FINIR|la mort)
ENVIE de (ME|SE) (KILL|SUIC|HANG|FOUTRE en le air|JUMP ..3 HEIGHT)
ENVIE de mettre fin a
JE VAIS DIE (.|,|si|et|ici)
ENVIE (DIE|en FINIR)
(ME|SE) donner la mort
mettre fin a (mes JOURS|ma VIE|ses JOURS|sa VIE)
ME FOUTRE en le air
autant DIE
(prefere|preferais|prefererais|VEUX) (DIE|etre DEAD)
si je ETRE DEAD
merite de? DIE

[pense_au_suicide elevee ideation_suicidaire 1jpx]
PENSER ..1 a (ME|SE) (KILL|SUIC|HANG|FOUTRE|JUMP)
PENSER ..1 a (en FINIR|DIE)
PENSER ..2 (a|au|aux) ..1 (SUIC|DEAD)
PENSER ~5 (a|au) (SUIC|DEAD)
(reve|hate|besoin|vouloir|parle|marre|idee) de ..1 ({ACT}|DISPARAITRE)
(reve|parle|MENACE|vouloir|idee) de? ..1 ({SACT}|DISPARAITRE)
(vouloir|souhaite|souhaiter|souhaiterais) (DIE|DISPARAITRE|en FINIR|{SACT})
laisse DIE

[plus_envie_de_vivre elevee ideation_suicidaire 1j]
(PLUS|NEG) (RAISON|aucune RAISON|de RAISON|le RAISON|la RAISON|envie de continuer a) ..1 de? VIVRE
aucune RAISON de VIVRE
(PLUS|NEG) ..1 RAISON de (etre en VIE|etre la|continuer|exister)
si je ETRE (PLUS|NEG) ..1 la
(sert|quoi|pourquoi) ~5 VIVRE
supporte (PLUS|NEG) ..2 VIE
(marre|fatigue|fatiguee|epuisee|assez) de (VIVRE|la VIE|ma VIE|ce VIE)
VIE a (PLUS|NEG) ..1 sens
VIE sert a rien
quitter ce (monde|terre|VIE)
(VEUX|prefere|prefererais) (jamais|NEG) etre (nee|.|,)
regrette de etre (nee|.|,)
personne ~6 si je (DIE|DISPARAITRE|meurs)
si je DISPARAITRE
(mort|SUIC) ~6 (solution|soulagement|delivrance|liberation)
solution ~5 (mort|SUIC|DIE)
la mort me
rejoindre ~4 (ciel|paradis)
VEUX (PLUS|NEG) VIVRE
VEUX (PLUS|NEG) etre (la|en VIE|de ce monde|VIVRE)
VEUX (PLUS|NEG) exister
(PLUS|NEG) trop? ENVIE de (VIVRE|etre la|exister|etre en VIE)
(PLUS|NEG) ENVIE VIVRE
(PLUS|NEG) la force de VIVRE
quoi bon VIVRE
VIE vaut (PLUS|NEG)
mieux sans moi
mieux si je (ETRE NEG|existe NEG|ETRE PLUS|DISPARAITRE|DIE)
si je (existais|existe) (PLUS|NEG)
suis un poids
endormir ~2 (jamais|PLUS|NEG) jamais? ME reveiller
(PLUS|jamais|pas) jamais? ME reveiller
(pas|plus) ma place ~3 monde

[idees_noires elevee ideation_suicidaire nxp]
IDEES NOIRES
IDEES SUICIDAL
IDEES de SUIC
SUICIDAL
(parle|parlait) de (SUIC|SE SUIC|SE KILL)
fait que? parler de SUIC

[suicide_accompli elevee ideation_suicidaire 3p]
SE (est|ETRE|sont) SUIC
SE (est|ETRE) HANG

[automutilation elevee ideation_suicidaire 1px]
(ME|SE) SELFHARM
(ME|SE) ETRE SELFHARM
(ME|SE) (fais|fait|faire) du HURT
(ME|SE) CUT ..1 LIMBS
(ME|SE) (suis|est) CUT ..1 LIMBS
(JE|IL) (ME|SE) CUT (tous|quand|pour|depuis|le soir|la nuit|avec|.|,)
ME CUT (.|,)
JE ME BURN ..2 (LIMBS|expres|avec|pour)
(ME|SE) BURN ..2 LIMBS

[automutilation_nommee elevee ideation_suicidaire npx]
SELFHARM

[derniers_mots critique ideation_suicidaire 1]
(dernier|derniers) ..1 (LETTER|mots) ~4 ADIEU
ADIEU ~4 (dernier|derniers) (LETTER|mots)
ADIEU ~8 ce? sera FINIR

[adieux_possibles elevee ideation_suicidaire 1]
ADIEU (.|,|je)
ecrit une lettre (pour|a) (mes|ma|mon|eux)
choisi (la|le|ma) (date|jour)
derniere fois que je ..2 parle
TIME je serai PLUS

[on_lui_dit_de_mourir elevee cyberharcelement 1]
(DIRE|disent) ..3 de (DIE|SUIC)
(DIRE|disent) ..3 de (ME|SE|aller ME|aller SE) (KILL|SUIC|HANG|JUMP)
de? aller (ME|SE|te) (HANG|SUIC|KILL)
(DIRE|disent|messages) ~5 (SUIC|KILL) toi
(DIRE|disent) ~5 va te (HANG|SUIC|KILL)
(SEND|envoient|recois|messages|commentaires|DIRE|disent) ~6 (KILL|SUIC|HANG) toi

[detresse moderee - 1p]
en peux PLUS
jpp .
(suis|a) bout de force
suis a bout
bout du rouleau
pleure (tous|tout|toute|dans|depuis|chaque)
dors (PLUS|NEG)
mange (PLUS|NEG)
sens ..1 (seule|seul|nul|nulle)
VEUX tout arreter
sers a rien
va (pas|PLUS) (du tout|fort)
va (pas|PLUS) (.|,)
suis au bout

[violence_en_cours critique danger_physique 3]
(BREAK|force|forcer) (ma|notre) porte
(IL|PARTNER|HOLDER) ~8 (BREAK|force|forcer) ..1 porte ..2 (chambre|chez|toilettes|salle)
(IL|PARTNER|HOLDER) ~3 (bas|devant) ..2 chez (moi|nous) ~8 (peur|MENACE|entrer|crie|hurle|KILL|HIT)
(peur|MENACE) ~8 (bas|devant) ..2 chez (moi|nous)
ME STRANGLE ~3 (RECENT|la|TIME)
(IL|HOLDER|PARTNER) ..2 (tient|sorti|brandit|sort) ..2 (BLADE|GUN)
(VA|VEUX|viennent|ALLAIT) ME STAB
HIT ~8 (maintenant|en ce moment|BLOOD|saigne)
(HOLDER|PARTNER) ~4 (bourre|saoul|ivre|alcoolise) ~8 (HIT|BREAK|peur|cache|hurle)
je me (cache|planque) ~6 (HIT|placard|toilettes|armoire|IL)
(empeche|laisse NEG|interdit) ..2 de? (sortir|partir) ~8 (HIT|peur|enferme|MENACE|LOCKED)
(HELD|LOCKED) (chez|dans) ~6 (sortir|partir|telephone|cles)
mariage force
(marier|exciser) ..2 de? force
envoyer au (pays|bled) ~6 marier
LOCKED ~12 VEUX ME (KILL|HIT)
train de (me|la|le|les|nous) (HIT|STRANGLE|RAPE)
train de (HIT|STRANGLE|RAPE) (mon|ma|mes|notre)? (HOLDER|PEER|CHILD)
devant ..1 (chez|porte) ~5 (BLADE|GUN|WEAPON)
ME HIT (la)? maintenant
(HOLDER|PARTNER) ME HIT ~6 (cachee|cache|toilettes|enfermee)
(IL|PARTNER|ADULT|HOLDER) (a|AVOIR) ..1 (BLADE|GUN) ~8 (devant|porte|menace|dehors|bas)
MENACE ..1 avec ..2 (BLADE|GUN)
(PARTNER|ADULT|HOLDER) GUN ~5 EVERYONE
VA tirer
ME AVOIR (LOCKED|HELD)
(suis|est) HELD
on ME AVOIR ..1 LOCKED
ME FOLLOW ~4 (rue|derriere)
ME FOLLOW ~2 depuis # (minutes|heures|TIME)
ME FOLLOW ~4 jusque chez
ME WAIT ~4 (bas|dehors|chez) ~4 (moi|WEAPON)
ME WAIT ~8 WEAPON
HOLDER ~2 ME TOUCH ~10 (seul|seule|seul avec) ~3 (lui|soir|avec)
venez vite
ME AVOIR STRANGLE ~3 (RECENT|soir|TIME|matin)
VA ME RAPE

[agression_sexuelle_recente critique violences_sexistes 1p]
(ETRE|ete|fait|AVOIR) RAPE ~2 (RECENT|ce|TIME|matin)
(RECENT|TIME) ~8 (ete|fait) RAPE
ME AVOIR RAPE ~2 (RECENT|ce|TIME)

[agression_sexuelle elevee violences_sexistes 1px]
ME AVOIR (FORCE) ~5 (coucher|sexe|rapport|rapports|toucher|sucer|embrasser|deshabiller|faire)
ME AVOIR (TOUCH|agresse|agressee) ~6 (seins|fesses|sexe|culotte|sexuellement)
(agressee|agresse|agression) ..1 (sexuellement|sexuelle)
(reveillee|reveille) ~3 (nue|nu|deshabillee)
(ai ete|suis fait|me suis fait|a ete) RAPE
ME AVOIR RAPE
ME RAPE

[maltraitance elevee danger_physique 3px]
(HOLDER|PARTNER) ~4 (vient|rentre) ..2 (chambre|lit) ~5 nuit
(HOLDER|PARTNER) ~6 (TOUCH|attouchements)
(prive|privee|privent) ..2 (manger|nourriture)
(HOLDER|PARTNER) ~6 (raclee|baffes|gifles|ceinture)
(HOLDER|PARTNER) (ME|nous|le|la|les) HIT
(HOLDER|PARTNER) (ME|nous|le|la) AVOIR HIT
(HOLDER|PARTNER) HIT (mon|ma|mes|les|sa|son) (CHILD|HOLDER|PEER)
(HOLDER|PARTNER) ME (TOUCH|RAPE|STRANGLE)
(HOLDER|PARTNER) ME AVOIR (TOUCH|RAPE|STRANGLE)
ME AVOIR STRANGLE
ME HIT ~3 (ceinture|baton)
ME (LOCKED) ~4 (nuit|cave|placard|noir)
(HIT|battue|battu) par (mon|ma|mes|son|sa) (HOLDER|PARTNER)
(recois|prends|donne) des coups
coups de (ceinture|poing|pied|baton)
CHILD ~2 (disparu|disparue|fugue)

[coups moderee danger_physique 3px]
IL ME HIT
IL ME AVOIR HIT
PEER ME (AVOIR)? HIT

[menace_de_mort elevee danger_physique 3jpx]
(VA|ALLAIT) (me|nous|le|la) (KILL|STRANGLE|crever)
(VA|ALLAIT) ME (faire)? (HIT|RAPE)
IL VEUX ME (KILL|STRANGLE|RAPE|HIT)
MENACE de (mort|ME KILL|KILL|le KILL|la KILL|RAPE|HIT|ME HIT)
MENACE ..1 avec (WEAPON|BLADE)

[menaces elevee - 3pxj]
ME MENACE
ME AVOIR MENACE
des MENACE
qui (le|la|les) MENACE
(viennent|venir|debarquer|vont) ..2 chez moi
VA venir ..2 chez moi
(SEND|publie|publies|donne|connait|SAVOIR) ..2 (mon|ma|son|notre) ADDRESS
SAVOIR ou je habite

[chantage elevee sextorsion nxp]
MENACE ..4 (SEND|publier) ~6 (PHOTO|NUDE|tout|EVERYONE|film)
(SEND|publie) ~8 (PHOTO|NUDE) ~6 (SINON|si je|ou je)
(fait|font|faisait|faire) ..1 (du)? CHANTAGE
CHANTAGE a la? PHOTO
CHANTAGE ..3 (PHOTO|NUDE)
victime de? CHANTAGE
SINON ~1 IL ..1 SEND
SINON ~2 (met|mettra) ..1 tout
si je ..2 (PAY|SEND) (NEG|PLUS) ..2 (MONEY|PHOTO|NUDE|#)
SINON ~3 SEND ~4 (NUDE|PHOTO|tout|EVERYONE)
si je PAY NEG ~12 (SEND|PHOTO|NUDE)
MONEY ~3 (ou|SINON) ~4 SEND
MENACE de ..1 (tout)? SEND ..3 (PHOTO|NUDE|tout)
(SEND|publie) ~3 (PHOTO|NUDE) ~3 si je
si je (PAY|ENVOIE|SEND) NEG ~8 (SEND|publie)

[images_diffusees elevee revenge_porn 3px]
(SEND|publie|publies|circuler|tourner) ..2 (mes|ma|mon|ses|sa) (NUDE|PHOTO ..1 NUDE)
PHOTO ..1 NUDE ~4 (tournent|circulent|circule|tourne|partout|fuite)
(mes|ses) NUDE ~3 (tournent|circulent|fuite|partout|SEND|publie)
fait tourner ..3 (NUDE|PHOTO)

[meute elevee cyberharcelement 3px]
GROUP ~6 contre (moi|IL|mon|ma)
toute la classe ~8 (INSULT|moque|moquent|rigole|ME)
(ME|te|le|la) (INSULT|HIT) ~5 (tous|jours|chaque|quotidien|groupe)
(plusieurs|bande) ~5 ME (INSULT|HIT|MENACE)
GROUP ~8 (ME INSULT|pour INSULT|contre moi|ME DIRE de DIE)
(toute la classe|tout le lycee|tout le college) ~4 (ME|te|contre)
"""


_MACROS = {
    "{ACT}": "DIE|en FINIR|ME KILL|ME SUIC|ME HANG|ME FOUTRE en le air|mettre fin a mes JOURS"
    "|mettre fin a ma VIE|ME JUMP ..3 HEIGHT|passer a le ACTE|ME tirer une balle|ME noyer"
    "|ME OUVRIR ..1 VEINS|ME faire sauter la cervelle|ME faire sauter le caisson",
    "{MEACT}": "en FINIR|ME KILL|ME SUIC|ME HANG|ME FOUTRE en le air|mettre fin a mes JOURS"
    "|mettre fin a ma VIE|ME JUMP ..3 HEIGHT|passer a le ACTE|ME tirer une balle|ME noyer"
    "|ME OUVRIR ..1 VEINS|ME supprimer|ME finir|ME oter la VIE|ME enlever la VIE|ME defenestrer"
    "|mettre un terme a ma VIE|ME FOUTRE ..2 HEIGHT|ME FOUTRE sous ..1 HEIGHT",
    "{SACT}": "SE KILL|SE SUIC|SE HANG|SE FOUTRE en le air|mettre fin a ses JOURS"
    "|mettre fin a sa VIE|SE JUMP ..3 HEIGHT|SE tirer une balle|SE noyer|SE OUVRIR ..1 VEINS",
}


class Gap(NamedTuple):
    """Up to `width` words of any kind."""

    width: int
    crosses_commas: bool


Pattern = tuple[str | Gap, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named family of patterns and what its context may do to it."""

    name: str
    urgency: Urgency
    issue: Issue | None
    flags: str
    patterns: tuple[Pattern, ...]


def parse_rules(source: str = RULES) -> tuple[Rule, ...]:
    """Read the rules' text."""
    rules: list[Rule] = []
    for block in source.split("\n\n"):
        lines = [line for line in block.strip().splitlines() if line]
        name, urgency, issue, flags = lines[0].strip("[]").split()
        patterns = tuple(p for line in lines[1:] for p in _patterns(line))
        label = None if issue == "-" else Issue(issue)
        rules.append(Rule(name, Urgency(urgency), label, flags, patterns))
    return tuple(rules)


def words_of(rules: tuple[Rule, ...]) -> frozenset[str]:
    """Every plain word the rules mention, so that the vocabulary holds it."""
    parts = (part for rule in rules for pattern in rule.patterns for part in pattern)
    return frozenset(p for p in parts if isinstance(p, str) and not p.isupper())


_PART = re.compile(r"\(([^)]*)\)(\??)|(\S+)")


def _patterns(line: str) -> list[Pattern]:
    for macro, options_of in _MACROS.items():
        line = line.replace(macro, options_of)
    choices: list[list[list[str | Gap]]] = []
    for match in _PART.finditer(line):
        group, optional, word = match.groups()
        if word is not None and word.endswith("?") and len(word) > 1:
            group, optional = word[:-1], "?"
        if group is not None:
            options = [[_part(w) for w in option.split()] for option in group.split("|")]
            choices.append(options + ([[]] if optional else []))
        else:
            choices.append([[_part(word)]])
    return [tuple(itertools.chain(*parts)) for parts in itertools.product(*choices)]


def _part(word: str) -> str | Gap:
    if word.startswith(("..", "~")) and len(word) > 1:
        return Gap(int(word.lstrip(".~")), word.startswith("~"))
    return word
