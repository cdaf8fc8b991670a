"""The vocabulary of bios and posts in many languages and scripts. All bios of the demo are generated from it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one language, the most common first, and sentences with placeholders for them."""

    roles: tuple[str, ...]
    fields: tuple[str, ...]
    likes: tuple[str, ...]
    sentences: tuple[str, ...]  # sentences of bios, with {role}, {field}, {field2}, {like}, {like2}, {like3}
    posts: tuple[str, ...]  # sentences of posts, with {like} and {field}


def _vocabulary(roles: str, fields: str, likes: str, sentences: str, posts: str) -> Vocabulary:
    texts = (roles, fields, likes, sentences, posts)
    return Vocabulary(*(tuple(part.strip() for part in text.split("|")) for text in texts))


BIO_LANGUAGES = {"en": 220, "de": 44, "fr": 32, "es": 32, "ja": 30, "pt": 12, "it": 9, "nl": 9, "zh": 16, "ko": 14, "ar": 13, "ru": 14,
          "hi": 11, "he": 9, "th": 9, "el": 9}  # fmt: skip
"""Weights of the languages of bios on the start instance."""

VOCABULARIES = {
    "en": _vocabulary(
        "software engineer|PhD student|oceanographer|teacher|scientist|librarian|statistician|climatologist|science writer|postdoc"
        "|ecologist|researcher|physicist|astronomer|mathematician|neuroscientist|linguist|geologist|glaciologist|chemist"
        "|illustrator|science communicator|retired engineer|museum curator|nurse|cartographer|professor|historian|beekeeper|web developer",
        "machine learning|open source|climate change|open science|marine biology|data visualization|citizen science|free software|ecology"
        "|science fiction|public health|language technology|computational biology|astronomy|neural networks|digital humanities"
        "|quantum computing|statistics|evolution|remote sensing|urban planning|cognitive science|public transport|privacy|oceanography"
        "|accessibility|renewable energy|reproducible research|robotics|philosophy|education|paleontology|soil science|glaciers",
        "coffee|cats|hiking|books|music|birds|photography|cycling|gardening|tea|running|trains|bread|knitting|dogs|board games|maps"
        "|mushrooms|poetry|climbing|jazz|octopuses|chess|baking|sailing|swimming|bicycles|ferns|puzzles|typography|telescopes|films|moss"
        "|cooking|synthesizers|plankton|lichens|tide pools|squid|dinosaurs|whales|cheese|museums|insects|volcanoes|podcasts|origami",
        "{role}. {like}, {like2}, {like3}|{field}, {field2}, {like}|{role} working on {field} and {field2}"
        "|Into {field}. Also {like}, {like2}"
        "|{role}, mostly {field}|Here for {like}, {like2} & {field}|Interested in {field}, {like} and {like2}"
        "|Posts about {field}, sometimes {like}|Learning about {field} & {like}",
        "Who else is reading about {field} today?|A good day for {like}.|Notes on {field}, with figures.|Who knows a book on {field}?"
        "|{like} in the morning light.|New blog post: {field} for everybody.|Small joys: {like}.",
    ),
    "de": _vocabulary(
        "Biologin|Softwareentwickler|Doktorandin|Lehrerin|Physiker|Bibliothekarin|Ingenieurin|Historiker|Informatiker|Gärtnerin",
        "Wissenschaft|Open Source|Klimaschutz|Datenschutz|Forschung|Meeresbiologie|Verkehrswende|Künstliche Intelligenz|Astronomie",
        "Katzen|Kaffee|Bücher|Garten|Wandern|Fahrrad|Musik|Brot|Vögel|Züge|Fotografie|Berge|Tee|Pilze",
        "{role}. {like}, {like2}, {like3}|Interessiert an {field}, {like} und {like2}|{field}, {field2} und {like}"
        "|{role} mit Herz für {field}|Hier privat. {field}, {like}, {like2}",
        "Heute: {like}.|Wer kennt ein gutes Buch über {field}?|Guten Morgen! {like}.|Kleiner Faden über {field}.|{like} am Abend.",
    ),
    "fr": _vocabulary(
        "bibliothécaire|ingénieure|biologiste|enseignante|doctorant|chercheuse|développeur|géologue",
        "logiciel libre|recherche|climat|science ouverte|écologie|vulgarisation scientifique|mathématiques|astronomie|océanographie",
        "café|vélo|chats|livres|musique|jardin|randonnée|photographie|oiseaux|pain|cinéma",
        "{role}. {like}, {like2}, {like3}|Passionnée de {field}, {like} et {like2}|{field}, {field2}, {like}|{role}, curieuse de {field}",
        "Bonjour ! {like} ce matin.|À lire : un article sur {field}.|Un peu de {like} avant la pluie.|Qui travaille sur {field} ?",
    ),
    "es": _vocabulary(
        "bióloga|profesora|programador|astrónoma|estudiante|ingeniera|periodista|investigador",
        "software libre|ciencia abierta|cambio climático|divulgación científica|inteligencia artificial|astronomía|oceanografía|educación",
        "libros|gatos|música|mar|café|cine|montaña|bicicleta|fotografía|poesía",
        "{role}. {like}, {like2}, {like3}|Me gustan: {like}, {like2}, {field}|{field}, {field2}, {like}|{role} y amante de {field}",
        "Buenos días con {like}.|¿Quién lee sobre {field}?|Hoy toca {like}.|Hilo breve sobre {field}.|Tarde de {like}.",
    ),
    "pt": _vocabulary(
        "bióloga|professor|programadora|cientista de dados",
        "software livre|divulgação científica|ciência aberta|oceanografia",
        "livros|gatos|mar|música|praia|cinema",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}|Gosto de {like}, {like2} e {field}",
        "Bom dia! {like} hoje.|Alguém leu sobre {field}?|Fim de tarde: {like}.",
    ),
    "it": _vocabulary(
        "biologa|insegnante|sviluppatore|ricercatrice",
        "software libero|divulgazione scientifica|astronomia|ricerca",
        "libri|gatti|mare|caffè|musica|montagna",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}|Appassionata di {field}, {like} e {like2}",
        "Buongiorno! {like}.|Oggi si parla di {field}.",
    ),
    "nl": _vocabulary(
        "bioloog|docent|programmeur|onderzoeker",
        "open wetenschap|natuur|duurzaamheid|zeebiologie",
        "fietsen|katten|koffie|boeken|vogels|muziek",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}|Houdt van {like}, {like2} en {field}",
        "Goedemorgen, {like}!|Wie weet meer over {field}?|Vandaag: {like}.",
    ),
    "ja": _vocabulary(
        "大学院生|エンジニア|研究者|イラストレーター|図書館員|教員",
        "海洋生物学|機械学習|天文学|生態学|言語学|数学",
        "猫|読書|コーヒー|写真|音楽|登山|鉄道|料理|自転車|温泉",
        "{role}です。{like}、{like2}、{like3}が好き。|{field}を研究しています。{like}と{like2}。|{role}。{field}、{like}、{like2}。",
        "おはようございます。今日は{like}。|{field}の本を読んでいます。|{like}日和。|夜の{like}。",
    ),
    "zh": _vocabulary(
        "研究生|工程师|程序员|老师",
        "机器学习|海洋生物|天文学|人工智能|开源软件",
        "咖啡|摄影|音乐|读书|旅行|骑行|电影",
        "{role}，喜欢{like}、{like2}、{like3}。|{role}。{field}、{like}、{like2}。|研究{field}。{like}、{like2}。",
        "今天的{like}。|在读{field}。",
    ),
    "ko": _vocabulary(
        "연구원|개발자|대학원생|선생님",
        "기계학습|천문학|인공지능|생물학",
        "고양이|커피|음악|사진|등산|여행|자전거",
        "{role}입니다. {like}, {like2}, {like3}|{field}, {like}, {like2}|{role}. {field}, {like}, {like2} 좋아합니다",
        "오늘의 {like}|{field} 공부 중",
    ),
    "ar": _vocabulary(
        "باحثة|مهندس|مبرمج|طالبة",
        "الذكاء الاصطناعي|البرمجيات الحرة|الفلك|البيئة",
        "القهوة|الكتب|القطط|الموسيقى|التصوير|البحر|الشعر",
        "{role}. {like}، {like2}، {field}|{role}، {field}، {like}، {like2}|{field}، {like}، {like2}، {like3}",
        "صباح الخير. {like}|اليوم عن {field}",
    ),
    "ru": _vocabulary(
        "программист|биолог|аспирантка|учитель",
        "машинное обучение|наука|астрономия|лингвистика|экология",
        "кошки|книги|кофе|музыка|горы|фотография|чай",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}, {like3}|{role}, {field}, {like}",
        "Доброе утро! {like}.|Сегодня про {field}.",
    ),
    "hi": _vocabulary(
        "शोधकर्ता|शिक्षक|इंजीनियर|छात्र",
        "विज्ञान|खगोलशास्त्र|मशीन लर्निंग|पर्यावरण",
        "चाय|किताबें|संगीत|यात्रा|कविता|क्रिकेट",
        "{role}। {like}, {like2}, {field}|{field}, {like}, {like2}|{role}, {like}, {like2}, {like3}",
        "सुप्रभात! {like}।|आज {field}।",
    ),
    "he": _vocabulary(
        "חוקרת|מהנדס|סטודנטית",
        "קוד פתוח|למידת מכונה|אסטרונומיה|מדע",
        "קפה|חתולים|ספרים|מוזיקה|צילום",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}, {like3}",
        "בוקר טוב! {like}.|היום: {field}.",
    ),
    "th": _vocabulary(
        "นักวิจัย|วิศวกร|นักศึกษา",
        "วิทยาศาสตร์|ดาราศาสตร์|ชีววิทยา",
        "แมว|กาแฟ|หนังสือ|ดนตรี|ทะเล",
        "{role} {like} {like2} {field}|{field} {like} {like2} {like3}",
        "สวัสดี {like}|วันนี้ {field}",
    ),
    "el": _vocabulary(
        "βιολόγος|προγραμματίστρια|φοιτητής",
        "επιστήμη|αστρονομία|τεχνητή νοημοσύνη",
        "βιβλία|γάτες|θάλασσα|μουσική|καφές",
        "{role}. {like}, {like2}, {field}|{field}, {like}, {like2}, {like3}",
        "Καλημέρα! {like}.|Σήμερα: {field}.",
    ),
}

PRONOUNS = {
    "en": ("she/her", "he/him", "they/them", "she/they", "he/they"),
    "de": ("sie/ihr", "er/ihm"),
    "fr": ("elle", "il", "iel"),
    "es": ("ella", "él", "elle"),
}
BIO_TAGS = tuple(
    "OpenScience SciComm MarineBiology ClimateAction Python RStats fedi22 AcademicChatter BirdsOfMastodon Astrodon NLProc Linux".split()
)
EMOJI = "🌊 🐙 🔭 🌱 🐈 ☕ 📚 🚲 🧬 🐝 🌈 🎶 🏳️‍🌈 🍄 👩‍🔬 🏔️".split()
REMARKS = {
    "en": (
        "Opinions my own", "Always learning", "Lives by the sea", "Be kind", "Views are my own", "Nature lover",
        "Dad of two", "Coffee first", "Moved here in 2022", "Nerd",
    ),
    "de": ("Alles privat", "Lebt am Meer", "Immer neugierig"),
    "fr": ("Toujours curieuse", "Vit près de la mer"),
    "es": ("Siempre aprendiendo", "Vivo cerca del mar"),
}  # fmt: skip
"""Phrases that bios may end with, besides pronouns, hashtags and emoji."""

ADJECTIVES = (
    "quiet salty amber mossy lunar paper copper velvet drifting curious northern gentle wandering silver rusty tiny golden winter misty"
    " early late humming spotted crooked sleepy patient hollow bright deep slow".split()
)
NOUNS = (
    "heron otter fern pebble comet limpet sparrow lichen anchor kettle badger lantern willow newt magpie thistle puffin walnut beetle"
    " cedar harbor teapot plover marten juniper gannet clover osprey acorn dune".split()
)


def user_name(rng: Random) -> str:
    """An adjective and a noun, so that it is nobody's real name."""
    return f"{rng.choice(ADJECTIVES)}{rng.choice(NOUNS)}"
