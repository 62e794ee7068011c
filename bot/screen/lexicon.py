"""The words the screen knows, in classes, and how young people really spell them.

Everything here is lower case without accents. `<tuer>` stands for every inflected form of a verb,
taken from spaCy's French tables by
`python -m bot.screen.verbs`. A word belongs to one class; words of no class are invisible to
the rules, so the vocabulary is closed and nothing a person writes is ever kept in it.
"""

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

CLASSES: Mapping[str, str] = {
    # Grammar. NEG and the punctuation classes are barriers: a gap in a rule never jumps over them.
    "JE": "je",
    "ME": "me",
    "SE": "se",
    "NEG": "pas jamais rien aucun aucune sans ni",
    "PLUS": "plus",
    "IL": "il elle ils elles on",
    "VAIS": "vais",
    "VA": "va vas vont",
    "ALLAIT": "allait allais allaient irait",
    "VEUX": "veux veut veulent voudrais voudrait voulais voulait aimerais aimerait",
    "ENVIE": "envie envies",
    "ETRE": "suis est es etais etait sois soit serai serais serait etre sera",
    "AVOIR": "ai a as avais avait ont aurai aurais",
    "SAVOIR": "sais sait",
    "DIRE": "<dire> <ecrire> <annoncer> <jurer> <avouer>",
    "PENSER": "<penser> <songer> <repenser>",
    "POSS": "mon ma mes ton ta ses notre nos votre une un",
    # Death, suicide, self-harm.
    "KILL": "<tuer> <buter> <flinguer> <fumer> <zigouiller> kill",
    "SUIC": "<suicider> suicide suicides",
    "SUICIDAL": "suicidaire suicidaires suicidal",
    "HANG": "<pendre>",
    "DIE": "mourir morir caner canner crever clamser creve meurs mourrai decede dead",
    "DEAD": "mort morte",
    "VIVRE": "vivre",
    "FOUTRE": "foutre fous fout foute foutrai fiche",
    "VENIR": "viens vient venait venais",
    "BLOOD": "sang saigne saignent saigner",
    "FORCE": "<forcer> <obliger> <droguer>",
    "BREAK": "<casser> <defoncer> <enfoncer>",
    "STAB": "<planter> <poignarder> <egorger> <bruler>",
    "RAISON": "raison raisons gout force courage interet",
    "ESSAYER": "<essayer> <tenter> voulu failli",
    "VIE": "vie",
    "JOURS": "jours",
    "FINIR": "finir finis fini",
    "DISPARAITRE": "<disparaitre>",
    "IDEES": "idees idee pensees pensee envies",
    "NOIRES": "noires noire noir noirs morbides",
    "SELFHARM": "<scarifier> <automutiler> <mutiler> scarification scarifications"
    " automutilation automutilations",
    "BURN": "<griffer> brule bruler",
    "CUT": "<couper> <taillader> <trancher> <lacerer> <entailler>",
    "OUVRIR": "<ouvrir>",
    "VEINS": "veines veine",
    "LIMBS": "bras poignet poignets cuisse cuisses avant-bras peau jambes mollets ventre",
    "MED": "medicament medicaments medoc medocs cachet cachets comprime comprimes pilule pilules"
    " doliprane dolipranes paracetamol xanax somnifere somniferes lexomil ibuprofene dafalgan"
    " efferalgan antidepresseur antidepresseurs anxiolytique anxiolytiques tramadol codeine"
    " cachetons pills pastillas valium temesta tercian",
    "BOX": "boite boites plaquette plaquettes tube tubes poignee",
    "POISON": "javel poison detergent destop antigel desherbant raticide",
    "SWALLOW": "<avaler> <gober> <ingerer> <ingurgiter>",
    "TAKE": "<prendre>",
    "DRINK": "bu boire bois boirai",
    "BLADE": "lame lames rasoir rasoirs cutter couteau couteaux",
    "GUN": "fusil flingue pistolet gun carabine arme armes cartouches revolver calibre",
    "ROPE": "corde",
    "JUMP": "<sauter> <jeter> <balancer>",
    "HEIGHT": "pont fenetre balcon toit falaise vide immeuble etage rails metro train voies"
    " viaduc rer",
    "ADIEU": "adieu adieux",
    "LETTER": "lettre lettres mot message messages",
    "TENTATIVE": "tentative tentatives ts",
    "ACTE": "acte",
    "HURT": "mal",
    # When.
    "TIME": "aprem apres-midi tantot soir nuit demain maintenant aujourdhui weekend week-end"
    " lundi mardi mercredi jeudi"
    " vendredi samedi dimanche minuit bientot heure heures minutes minute tonight now",
    "RECENT": "hier",
    "NOW": "la direct",
    # People.
    "CHILD": "fille fils enfant enfants ado gamin gamine petit petite fiston eleve eleves",
    "PEER": "ami amie pote potes copine copain frere soeur cousin cousine camarade meuf"
    " besta bff voisine voisin reuf",
    "HOLDER": "pere papa daron daronne mere maman beau-pere belle-mere oncle tonton grand-pere"
    " parrain parents darons beau tuteur",
    "PARTNER": "mec ex mari conjoint compagnon petit-ami femme",
    "ADULT": "adulte homme vieux monsieur majeur type gars prof coach inconnu animateur entraineur",
    "KID": "mineur mineure mineurs collegien collegienne",
    # Violence.
    "HIT": "<frapper> <taper> <tabasser> <cogner> <gifler> <battre> <defoncer> <bastonner>",
    "STRANGLE": "<etrangler> <etouffer>",
    "RAPE": "<violer> viol",
    "TOUCH": "<toucher> <tripoter> <caresser> attouchements attouchement",
    "LOCKED": "<enfermer>",
    "HELD": "<sequestrer> <kidnapper> <ligoter>",
    "MENACE": "<menacer> menace menaces",
    "FOLLOW": "<suivre>",
    "WAIT": "<attendre>",
    "WEAPON": "batte battes matraque machette marteau ceinture barre",
    "HIDE": "<cacher>",
    "FEAR": "peur",
    # Images, blackmail, grooming.
    "NUDE": "nude nudes nu nue nus nues deshabille deshabillee intime intimes seins bite denude"
    " denudee sexuelle sexuelles sextape",
    "PHOTO": "photo photos video videos image images visio webcam cam screen screens",
    "SEND": "<envoyer> <publier> <diffuser> <poster> <partager> <balancer> <montrer> <reveler>"
    " <divulguer> <afficher> <leaker>",
    "ASK": "<demander> <exiger> <reclamer>",
    "PAY": "<payer> <verser> paypal rancon",
    "MONEY": "euros euro balles argent bitcoin bitcoins transcash pcs",
    "CHANTAGE": "chantage chanter sextorsion",
    "SINON": "sinon",
    "SECRET": "secret secrets",
    "MEET": "rencontrer retrouver rejoindre voir voie voit rdv rencontre rejoint rendez-vous",
    "PLACE": "hotel gare appart appartement chez parc foret maison voiture",
    "GIFT": "cadeau cadeaux robux vbucks",
    "EVERYONE": "contacts lycee college classe famille amis abonnes potes ecole monde",
    "ADDRESS": "adresse",
    "GROUP": "groupe groupes page raid classe lycee college",
    "INSULT": "<insulter> <harceler> <humilier> <lyncher>",
}

#: Spellings that stand for one or several words.
ALIASES: Mapping[str, str] = {
    **{w: "je" for w in ("j", "jeu", "ge", "ji")},
    **{w: "me" for w in ("m", "mee")},
    **{w: "se" for w in ("s",)},
    **{w: "te" for w in ("t",)},
    **{w: "de" for w in ("d",)},
    **{w: "le" for w in ("l",)},
    **{w: "ce" for w in ("cette", "cet", "c't")},
    **{w: "vais" for w in ("v", "ve", "vai", "vait", "vay", "veis")},
    **{w: "veux" for w in ("vx", "veu", "veus", "veuw", "vex")},
    **{w: "voudrais" for w in ("voudre", "voudrai", "voudrait", "vodrai", "voudres")},
    **{w: "aimerais" for w in ("aimerai", "aimere", "emerai")},
    **{w: "pas" for w in ("pa", "ap", "poa")},
    **{w: "plus" for w in ("plu", "pu", "pus", "plux")},
    **{w: "rien" for w in ("ri1", "rin", "r1")},
    **{w: "moi" for w in ("mwa", "moa", "mwoi")},
    **{w: "toi" for w in ("twa", "toa")},
    **{w: "envie" for w in ("envi", "anvie", "anvi", "envy", "envis")},
    **{w: "mourir" for w in ("mourrir", "mourire", "mourrire", "mourri", "mouri", "mourr")},
    **{w: "suicider" for w in ("suissider", "suisside", "suissid", "suicid", "suiside", "suisider",
                               "sucide", "sucider", "suicidr", "suissidé", "unalive", "swicide",
                               "suicides", "sewerslide", "swisside")},
    **{w: "tuer" for w in ("tuee", "tuerr", "tuer", "tuers", "tuez", "tuai", "tueer")},
    **{w: "pendre" for w in ("pendr", "pandre")},
    **{w: "crever" for w in ("crevee", "kreve", "crevez", "creuver", "cr3ver")},
    **{w: "mort" for w in ("maure", "morre")},
    **{w: "disparaitre" for w in ("disparetre", "disparaitr", "disparaite", "disparétre")},
    **{w: "veines" for w in ("vene", "venes", "vaine", "vaines")},
    **{w: "pris" for w in ("pri",)},
    **{w: "ouvrir" for w in ("ouver", "ouvere", "ouverd")},
    **{w: "medicaments" for w in ("medic", "medics", "medocs", "cachton", "cacheton", "medok")},
    **{w: "maintenant" for w in ("mtn", "mnt", "mtnt", "mtnn", "mintenan", "maintenan")},
    **{w: "aujourdhui" for w in ("aujourd", "ojd", "auj", "ajd", "ojourdui")},
    **{w: "demain" for w in ("2m1", "dm1", "dem1", "demin", "2main", "deman")},
    **{w: "soir" for w in ("soire", "swar", "soar", "swr")},
    **{w: "nuit" for w in ("nui", "n8")},
    **{w: "weekend" for w in ("we", "wk", "week", "wkd")},
    **{w: "quand" for w in ("kan", "kand", "qd", "qand", "kant", "quan")},
    **{w: "que" for w in ("ke", "k", "q", "qu")},
    **{w: "qui" for w in ("ki",)},
    **{w: "pour" for w in ("pr",)},
    **{w: "tout" for w in ("tt", "tou")},
    **{w: "penser" for w in ("pense", "pens", "panse", "penses")},
    **{w: "frere" for w in ("frr", "frerot", "reuf")},
    **{w: "soeur" for w in ("seur", "sista")},
    **{w: "amie" for w in ("amies", "copines", "meufs")},
    **{w: "pere" for w in ("peres", "beaupere")},
    **{w: "dit" for w in ("di",)},
    **{w: "mais" for w in ("ms",)},
    **{w: "photos" for w in ("foto", "fotos", "tof", "tofs", "pic", "pics", "pix")},
    **{w: "video" for w in ("vid", "vids")},
    **{w: "nudes" for w in ("newd", "newds", "nud", "noods", "n00ds", "nudz", "nuds")},
    **{w: "poster" for w in ("post",)},
    **{w: "euros" for w in ("€", "eur")},
    **{w: "ans" for w in ("an", "piges", "pige", "balais")},
    **{w: "frapper" for w in ("frape", "fraper", "frapé", "frapp")},
    **{w: "menace" for w in ("menasse", "menass")},
    **{w: "chantage" for w in ("chantaje", "chentage")},
    **{w: "peur" for w in ("per", "peure", "flippe")},
    **{w: "lycee" for w in ("lyce", "bahut")},
    **{w: "college" for w in ("colege", "bahu")},
    **{w: "couteau" for w in ("coutau", "couto", "surin", "schlass")},
    "orevoir": "au revoir", "aurevoir": "au revoir", "sui": "suis", "fe": "fais",
    "fai": "fais", "fer": "faire", "vi": "vie", "vivr": "vivre",
    "sote": "sauter", "soter": "sauter", "dpui": "depuis", "dpuis": "depuis", "tap": "tape",
    "koupe": "coupe", "etr": "etre", "fenettre": "fenetre", "medikamen": "medicaments",
    "medicamen": "medicaments", "rev": "reve", "plin": "plein", "plain": "plein", "ide": "idees",
    "g": "je ai", "jai": "je ai", "jei": "je ai", "je": "je",
    "c": "ce est", "ct": "ce etait", "cest": "ce est",
    "chui": "je suis", "chuis": "je suis", "jss": "je suis", "jui": "je suis", "shui": "je suis",
    "jv": "je vais", "jvs": "je vais", "jvé": "je vais", "jvx": "je veux",
    "jpp": "jpp", "ya": "il y a", "yavait": "il y avait",
    "kil": "que il", "quil": "que il", "kel": "que elle", "quelle": "que elle", "kelle": "que elle",
    "kon": "que on", "quon": "que on", "kils": "que ils", "quils": "que ils",
    "mfoutre": "me foutre", "menfou": "me en foutre",
    "dla": "de la", "dlo": "de eau", "jsp": "je sais pas", "oubien": "ou bien",
    "o": "au", "ak": "avec", "avc": "avec", "ds": "dans", "dan": "dans", "den": "de en",
    "kon se": "que on se", "veut": "veut", "paske": "parce que", "pcq": "parce que",
    "jusquau": "jusque au", "jusqu": "jusque", "sdb": "salle de bain", "reum": "mere",
    "tlm": "tout le monde", "entrain": "en train", "rdv": "rdv", "ac": "avec", "pk": "pourquoi",
    "menfuir": "me enfuir", "jmen": "je me en", "jy": "je y", "dtf": "de toute facon",
    "yen": "il y en", "yena": "il y en a", "skejvais": "ce que je vais",
    "kms": "kill myself", "wanna": "want to", "im": "i am",
    "beau-pere": "beau-pere", "mdrr": "mdr", "decede": "mort",
}  # fmt: skip

#: Words a reader skips: dropping them lets one rule cover many sentences.
SKIPPED = frozenset(
    "ne n vraiment juste genre carrement bcp beaucoup tellement encore aussi donc bien"
    " franchement wallah wsh frr fr toujours souvent parfois deja puis alors presque meme"
    " absolument really so just".split()
)

JOKE = frozenset(
    "mdr lol ptdr xd xptdr haha hahaha hihi jpp jptdr lmao mdrr ptdrr rofl ahah ahaha lool"
    " loul rigole blague deconne dec 😂 🤣 😹 😆 😅 🤪 😜 😝 💀".split()
)
#: Small troubles: with a joke marker they make a hyperbole, alone they only make one likely.
FUTILE = frozenset(
    "controle controles maths math devoir devoirs exam examen exams bac brevet interro eval lundi"
    " reveil wifi match psg om barca foot serie saison episode netflix chaussures equipe pizza faim"
    " froid chaud chaleur batterie chargeur spoil coiffeur coupe bus tram retard cours vaisselle"
    " menage partie ranked boss bug lag lague maj spoiler note notes bulletin moyenne cereales"
    " tele ecran"
    " svt anglais espagnol allemand physique histoire geo sport chiant ennui ennuie vacances"
    " rentree prof profs anime manga album concert billet gateau chocolat mcdo kebab fringues"
    " facture forfait batterie portable telephone cheveux cantine pluie canicule meteo draft nerf"
    " skin game fortnite".split()
)
#: Something told, staged or studied rather than lived.
FICTION = frozenset(
    "film films serie series manga mangas anime livre livres roman romans bd chanson chansons"
    " paroles titre episode heroine heros personnage personnages perso persos acteur actrice"
    " scenario theatre piece reportage documentaire docu rap clip refrain netflix lyrics"
    " juliette romeo reasons telerealite evil".split()
)
STUDY = frozenset(
    "expose dissertation dissert redac redaction tpe memoire recherche recherches these oral"
    " philo etude etudes statistiques stats chiffres prevention intervention interventions"
    " sensibilisation temoigner".split()
)
NEWS = frozenset("infos journal article actualite actu actus affaire fait-divers tv jt".split())
GAME = frozenset(
    "boss partie respawn niveau perso kill kills sniper game gta minecraft fortnite roblox lol"
    " ranked dragon zombie zombies cod valorant warzone pve pvp respawner manche map skin laser"
    " 1v1 quete donjon spawn brawl clash mob mobs sims".split()
)
PLAIN_WORDS = (
    "de a d l au en et ou le les la moi toi lui que qui quand ce cela ca si pour par avec dans sur"
    " tout toute toutes tous monde mieux poids seul seule chambre il y ans depuis foutre air fin"
    " mettre met mets mettrai passer passe passerai sens autant quoi bon vaut coup peine endormir"
    " reveiller prefere preferais prefererais voudrais irait arrete arreter point caisson ecrit"
    " ecrite laisse laissee parti partie vient venir dernier derniere fois choisi date prevu"
    " prepare tourne saigne saignent sang venez vite aide aidez devant porte couche cachee bas"
    " peux peut"
    " compte dois doit main sort parle parler marques marque traces ligne rencontre connu connue"
    " filme garde garder paie paye publiee repond envoyer enferme salle bain baigne train"
    " dessus tombe temps supporte toilettes armoire hospitalise hopital urgences ai mois semaine"
    " semaines jour recommence reviennent revient nom dites dis ma mere aime aimais lirez"
    " lis lisez merci poison fete fermee pont fait faire fais fasse vas-y to die end my life myself"
    " want going gonna the i am kill commit don live anymore tonight myself hurt cut voy quiero"
    " matarme suicidarme morir no vivir mas vida acabar con mi will ich nicht mehr leben sterben"
    " mich umbringen werde bringe um selbst tod moechte mochte bghit nmout nmoute brit nmot abgha"
    " intahar antahir 3yit amout ne plus dois risque etait sera vive survecu ete tirer retourner"
    " tete ventre etouffe regle tres voulait qu d un une des du son sa ses leur leurs est"
    " homme aller allez vas harcelement collegue seins serre agresse agressee agressees"
    " agression agresseur rue domicile viennent vont venu venue chercher trouve trouver"
    " publie publiee publies tournent circulent circule tourne fuite fuites mdp vivre nee ne"
    " existe exister jamais dormir longtemps reviendrai reverrez verra verrez reverras"
    " gentil pardonnez pardon desole desolee battu battue coups coup bleus plaquee plaque mur"
    " gorge sexe coucher seul bataille dessous rapport rapports".split()
)

#: Real French words one letter away from a word of danger: never corrected into it.
REAL_WORDS = frozenset(
    "courir nourrir pourrir mourait murir souris mourra sourire moudre vendre fendre rendre tendre"
    " perdre prendre mendier pendante attendre sauver sauvee sautes santer chantez chanteur"
    " chanteuse chanteurs charter plantage chanta chantant changer changee menage menages manager"
    " menager menages menacent clarifier clarifie sacrifie sacrifier sacrifiee acarien scorifier"
    " scarabee frappe grappe trappe frapper grapper napper taper japper rapper draper raper"
    " coupee coupes soupe couple couples coupon couper coupez doucher coucher loucher moucher"
    " boucher toucher toucha couche avalanche avance avancer avancee aval rasoire lampe lamelle"
    " filer fusible fuse fusion pilote cachette cachot caches couteaux compile comprise compris"
    " comprime comprimer imprime toiture fenetres balcons ballon ballons falaises viaducs violet"
    " violette violent violente violents violon voile voiler voler viole etranger etrangere"
    " etrangers etrangeres harnacher carcasse renfermer confirmer enfer fermer enfermees enlevee"
    " elevee relever enlever elever eleves suivi suicide sinon attend attention cacher gacher"
    " lacher macher tacher publier oublier oublie oubliee pubier poster poste postes montre"
    " diffuse diffuser partage partager demande demander exige exigent exiger payer verser"
    " secrete secretaire concerter rencontre intimer intime ultime estime images imager visite"
    " vision webcams decede cadeau gateau bateau radeau plateau contact contacter".split()
)


VERB_FORMS = Path(__file__).with_name("verb_forms.json")


def verbs() -> frozenset[str]:
    """The verbs whose every form belongs to a class."""
    forms = (word for words in CLASSES.values() for word in words.split())
    return frozenset(word[1:-1] for word in forms if word.startswith("<"))


def plain(text: str) -> str:
    """Lower case without accents; for words of our own, not for what people write."""
    folded = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in folded if c.isalnum() or c in "-'")


def class_of_words() -> dict[str, str]:
    """Word to class, for every word the rules can see; `-` for words that have no class."""
    verbs: dict[str, list[str]] = json.loads(VERB_FORMS.read_text("utf-8"))
    classes: dict[str, str] = {}
    # Words written out win over inflected forms ("menaces" the noun, "mort" the adjective).
    for name, forms in CLASSES.items():
        for word in forms.split():
            if not word.startswith("<"):
                classes.setdefault(word, name)
    for name, forms in CLASSES.items():
        for word in forms.split():
            if word.startswith("<"):
                for form in verbs[plain(word[1:-1])]:
                    classes.setdefault(form, name)
    for word in (*PLAIN_WORDS, *(w for s in ALIASES.values() for w in s.split())):
        classes.setdefault(word, "-")
    for words in (JOKE, FUTILE, FICTION, STUDY, NEWS, GAME):
        for word in words:
            classes.setdefault(word, "-")
    return classes
