"""Words that are no sure sign of a name, folded as `routing.spelling` does it.

`PARTICLES` are parts of names, and titles, that say nothing of who somebody is: "de", "bin", "Dr".

`COMMON` are names that are everyday words as well: "hope", "rosa", "вера".

Alone and in small letters, in the middle of a sentence, such a word is taken for the word and not for a name. With a
capital, as a whole short answer, or beside another name of the same person, it is taken for a name. Arabic has no
capitals and its names are mostly words, so there every one counts: rather one person too many is left out.

Written down by this project, reviewed by no native speaker. A word that is missing here leaves out somebody of that
name who need not be; a word too many overlooks a name that is written small and alone.
"""

from typing import Final

__all__ = ["COMMON", "PARTICLES"]

_WORDS: Final = """
# English
angel april august autumn baker banks bell bill bird bishop black bond brook brown bush butler carter chance charity
church clay cook cooper cross dale dawn day dean dear driver duke earl early east faith farmer field fields fisher
flower ford forest fox frank free friend garden gene gold good grace grant gray green grey guard hall hand harmony
heart heath hill holiday home hood hope house hunter ivory jack jewel joy judge june justice king knight lake lane law
light lily little long love major mark mason may melody mercy miles miller moon moore mount nice noble north page park
parks peace pearl penny piece pope porter potter power precious price prince prior queen rain read reed rice rich
river rivers robin rock rose royal ruby rush savage sea season sharp shepherd short silver singer skinner small smart
snow south spring star steel stone storm street strong summer sun swift taylor temple time town trust turner violet
walker wall ward water waters weaver week wells west wheeler white wild will wise wolf wood woods work young
# French
aimee ange belle benoit berger blanc blanche boucher boulanger brun chef claire clemence constance corde desire dumont
fleur fleury forte france gros joie jolie leroy maire maitre marchand marechal marin mercier moulin noel olivier paix
pasteur petit pierre prudence reine riviere roche rose rouge roux victoire ville vincent
# Spanish and Portuguese
alegre alma amada amado amor blanca branco bueno camara campo campos casa castillo castro clara consuelo costa cruz
cuesta delgado dia dias dolores domingo dulce esperanza estrella flor flores fuente fuentes guerra guerrero hermosa
iglesia lago leal leon lima lobo luna luz mar martes mayor mercado milagros molina monte montes moreno nieves oliveira
palma paloma parra pastor paz pena perdida pilar pinto plaza ponte porto prado ramos real reina rey reyes ribeira rico
rocha rojas rojo romero rosa rosario rubio salvador santa santo santos serra serrano sierra silva sol soledad torre
torres valle vega vera verde victoria vida villa
# Romanian
bucur codru crai dor floare florii lupu mare mic moraru munteanu negru olaru rus sarbu toma ursu vanator voicu zori
# Swahili
amani asante bahari bahati baraka fadhili faraja furaha haki heri huruma imani juma jumaa kazi mpenzi mwalimu neema
nia nuru nyota pendo rafiki raha rehema safari saidi salama shida shukuru simba subira tabu taraja tumaini upendo usia
uzuri zawadi
# Russian and Ukrainian
белая белыи боец вера весна воин волк волков воля голод голодныи гость дуб жук заря звезда зима золото инеи князь
коваль козак король кот кравец крамар кузнец лебедь лесник лето любов любовь мельник мир мороз надежда надія осень
отец охотник пастух перемога победа роза роман сокол солнце соловеи сорока судья ткач хмара цвет черныи чорнии швець
ясныи
"""

COMMON: Final = frozenset(word for line in _WORDS.splitlines() if not line.startswith("#") for word in line.split())

_PARTS: Final = """
abu al ben bin bint da das de del dela della den der di do don dona dos dr du el ibn la le les madam miss mme monsieur
mr mrs ms na ould prof senor senora sir ter van von ابن ابو ال بن بنت د دكتور
"""

PARTICLES: Final = frozenset(_PARTS.split())
