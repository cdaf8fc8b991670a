"""Made-up bios in many languages, and helpers that extract their terms."""

from __future__ import annotations

import random
from collections import Counter, defaultdict

import pytest

from fedistats.text.html import html_to_text
from fedistats.text.phrases import extract_terms
from fedistats.text.ranking import TermCount
from fedistats.text.segmentation import load_word_breaker

TOPICS = {
    "en": "cats coffee photography climbing gardening bicycles music books software privacy design science history robotics chess hiking"
    " cooking poetry linguistics astronomy games accessibility Linux Python NLP AI",
    "de": "Katzen Kaffee Fotografie Klettern Garten Fahrrad Musik Bücher Datenschutz Wandern Kochen Geschichte Politik Züge Technik",
    "fr": "chats café photographie escalade jardinage vélo musique livres informatique randonnée cuisine histoire politique trains",
    "es": "gatos fotografía escalada bicicleta música libros informática senderismo cocina historia política trenes ciencia",
    "ja": "猫 写真 音楽 アニメ ゲーム 料理 読書 旅行 鉄道 プログラミング イラスト コーヒー 自転車 映画 小説",
    "zh": "摄影 音乐 旅行 阅读 电影 动漫 游戏 咖啡 编程 骑行 美食 历史",
    "ko": "사진 음악 여행 독서 영화 게임 커피 고양이 자전거 요리 역사",
    "th": "แมว กาแฟ ดนตรี หนังสือ อาหาร เกม การ์ตูน ภาพยนตร์",
    "ar": "القهوة الكتب الموسيقى السفر التصوير البرمجة القطط التاريخ",
    "fa": "کتاب موسیقی قهوه سفر عکاسی گربه تاریخ",
    "he": "חתולים קפה ספרים מוזיקה צילום בישול",
    "hi": "किताबें चाय संगीत यात्रा कविता इतिहास",
    "ru": "котики кофе музыка книги фотография велосипеды история поезда",
    "el": "γάτες καφές μουσική βιβλία ιστορία ποδήλατο",
}
SENTENCES = {
    "en": "{job} and {a} person. I like {b}, {c} and the {d}. {p}",
    "de": "Ich mag {a}, {b} und {c}. Die Welt ist voll {d}.",
    "fr": "J'aime les {a}, la {b} et {c}. Passionné de {d}.",
    "es": "Me gusta la {a}, los {b} y también {c}. Aquí por {d}.",
    "ja": "{a}と{b}が好きです。{c}もやっています。猫を2匹飼っています。{d}",
    "zh": "喜欢{a}和{b}，还有{c}。我是一名软件工程师，{d}",
    "ko": "{a}를 좋아하는 개발자입니다. {b}, {c} 그리고 {d}",
    "th": "ชอบ{a}และ{b} {c}ด้วย {d}",
    "ar": "أحب {a} و{b} و{c} من {d}",
    "fa": "عاشق {a} و {b} و {c} هستم. {d}",
    "he": "אוהב {a}, {b} ו{c} וגם {d}",
    "hi": "मुझे {a}, {b} और {c} पसंद हैं। {d}",
    "ru": "Люблю {a}, {b} и {c}. Здесь пишу про {d}",
    "el": "Μου αρέσουν {a}, {b} και {c}. {d}",
}
JOBS = [
    "Software engineer",
    "PhD student in machine learning",
    "Open source developer",
    "Journalist",
    "Librarian",
    "Data scientist",
]
PRONOUNS = ["she/her", "he/him", "they/them", "he/they", ""]
EMOJI = "😺 ☕ 📚 🎵 📷 🚲 🏳️‍🌈 👩‍💻 🇩🇪 🌱 ❤️".split()
SHARES = {
    "en": 60,
    "de": 8,
    "ja": 8,
    "fr": 5,
    "es": 4,
    "ru": 3,
    "zh": 2,
    "ko": 2,
    "ar": 2,
    "th": 1,
    "fa": 1,
    "he": 1,
    "hi": 1,
    "el": 1,
}


def made_up_bios(number: int, shares: dict[str, int] = SHARES, seed: int = 1) -> list[str]:
    """Bios as Mastodon's HTML. The first topics of each language are the most common."""
    lot = random.Random(seed)
    languages = lot.choices(list(shares), weights=list(shares.values()), k=number)
    bios = []
    for language in languages:
        topics = TOPICS[language].split()
        a, b, c, d = lot.choices(topics, weights=[1 / (place + 2) for place in range(len(topics))], k=4)
        body = SENTENCES[language].format(a=a, b=b, c=c, d=d, job=lot.choice(JOBS), p=lot.choice(PRONOUNS))
        tag = lot.choice(["FreeSoftware", "NLProc", "catsofmastodon"])
        link = f'<a href="https://example.org/tags/{tag.lower()}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
        tail = lot.choice(
            ["", f"<br>{link}", f"</p><p>{lot.choice(EMOJI)} {lot.choice(EMOJI)}", " &amp; more :verified:"]
        )
        bios.append(f"<p>{body}{tail}</p>")
    return bios


def count_terms(bios: list[str]) -> list[TermCount]:
    """People by term, as a crawl counts them, but without digests."""
    people: Counter[str] = Counter()
    people_as_stop_word: Counter[str] = Counter()
    phrases: set[str] = set()
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for bio in bios:
        for term in extract_terms(html_to_text(bio)):
            people[term.key] += 1
            people_as_stop_word[term.key] += term.is_stop_word
            spellings[term.key][term.spelling] += 1
            if term.is_phrase:
                phrases.add(term.key)
    return [
        TermCount(
            key,
            max(spellings[key].items(), key=lambda item: (item[1], item[0]))[0],
            people[key],
            people_as_stop_word[key],
            key in phrases,
        )
        for key in people
    ]


def words_in(text: str) -> list[str]:
    """The words of a text, without stop words and phrases."""
    return [term.spelling for term in extract_terms(text) if not term.is_stop_word and not term.is_phrase]


def phrases_in(text: str) -> list[str]:
    return [term.spelling for term in extract_terms(text) if term.is_phrase]


def key_of(word: str) -> str:
    (term,) = extract_terms(word)
    return term.key


needs_icu = pytest.mark.skipif(load_word_breaker() is None, reason="the extra scripts is not installed")
