"""Texts to words, in any script, and words to counts of people."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict

import pytest

from fedistats.text import html, segmentation, tokens, words
from fedistats.text.words import Tally, Term, rank, terms

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
    """HTML as Mastodon writes it, of nobody: the first topics of each language are the commonest."""
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


def counted(bios: list[str]) -> list[Tally]:
    """Count people as a crawl does, without its digests."""
    people: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    pairs: dict[str, bool] = {}
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for bio in bios:
        for term in terms(html.plain(bio)):
            people[term.key] += 1
            stopped[term.key] += term.stopped
            pairs[term.key] = term.pair
            spellings[term.key][term.spelling] += 1
    return [
        Tally(
            key,
            max(spellings[key].items(), key=lambda item: (item[1], item[0]))[0],
            people[key],
            stopped[key],
            pairs[key],
        )
        for key in people
    ]


def words_of(written: str) -> list[str]:
    return [term.spelling for term in terms(written) if not term.stopped and not term.pair]


def pairs_of(written: str) -> list[str]:
    return [term.spelling for term in terms(written) if term.pair]


def key_of(word: str) -> str:
    (term,) = terms(word)
    return term.key


def a_word(key: str, people: int, stopped: int = 0) -> Tally:
    return Tally(key, key, people, stopped, pair=" " in key)


needs_icu = pytest.mark.skipif(segmentation.breaker() is None, reason="the extra scripts is not installed")


@pytest.mark.parametrize(
    "whole",
    [
        "he/him",
        "she/her/hers",
        "er/ihm",
        "C++",
        "g++",
        "C#",
        "F#",
        "open-source",
        "Node.js",
        "TCP/IP",
        "LGBTQ+",
        "3D",
        "naïve",
    ],
)
def test_what_belongs_together_stays_whole(whole: str) -> None:
    assert words_of(f"One: {whole}, done.")[-1] == whole


def test_the_dots_of_an_abbreviation_make_no_other_word() -> None:
    assert words_of("Ph.D. from here") == ["Ph.D"]
    assert key_of("Ph.D.") == key_of("PhD") == key_of("phd") == "phd"


def test_a_slash_between_words_that_are_no_pronouns_parts_them() -> None:
    assert words_of("writer/photographer/cyclist") == ["writer", "photographer", "cyclist"]


@pytest.mark.parametrize("nothing", ["a", "x 1 2024 10.5 24-7 1st 40+", "_ $_^$ ... ---", "→ ➡️ ✔ © ™", "ก", "あ", ""])
def test_single_letters_numbers_and_signs_are_no_words(nothing: str) -> None:
    assert words_of(nothing.replace("$_^$", "$^")) == []


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("cat", "Cats"), ("hobby", "hobbies"), ("movie", "movies"), ("box", "boxes"), ("church", "churches"), ("bus", "buses"),
        ("class", "classes"), ("GPU", "GPUs"), ("photo", "photos"), ("hero", "heroes"), ("woman", "women"), ("course", "courses"),
        ("topic", "topics"), ("headache", "headaches"), ("wiki", "wikis"), ("book", "book's"), ("book", "BOOKS"), ("straße", "STRASSE"),
    ],
)  # fmt: skip
def test_plain_plurals_count_as_their_singular(one: str, many: str) -> None:
    assert key_of(one) == key_of(many)


@pytest.mark.parametrize(
    "word",
    "bus glass news series physics politics paris analysis css dns aids linus jesus windows lens tennis chess".split(),
)
def test_words_that_only_look_like_plurals_keep_their_s(word: str) -> None:
    assert key_of(word) == word


def test_a_hashtag_is_a_word_in_its_own_spelling() -> None:
    assert words_of("#NLProc #open_source #猫好き") == ["NLProc", "open_source", "猫好き"]
    assert key_of("#NLProc") == key_of("nlproc")


def test_a_word_is_found_once_however_often_it_is_used() -> None:
    assert words_of("cats Cats CATS cat #cats") == ["cats"]


def test_emoji_are_words_with_their_sequences() -> None:
    assert words_of("👩‍💻🏳️‍🌈 🇩🇪🇫🇷 👍🏽1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🐈‍⬛☕☕") == ["👩‍💻", "🏳️‍🌈", "🇩🇪", "🇫🇷", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🐈‍⬛", "☕"]
    assert key_of("❤️") == key_of("❤")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "Ich bin Entwickler aus Berlin, mag Katzen und die Musik ist mein Leben",
            ["Entwickler", "Berlin", "Katzen", "Musik", "Leben"],
        ),
        ("J'aime l'informatique, les chats et le café de Paris", ["informatique", "chats", "café", "Paris"]),
        ("Me gustan los gatos y también la música", ["gatos", "música"]),
        ("Мы любим котов, и я тоже люблю музыку", ["любим", "котов", "музыку"]),
        ("أحب القهوة والكتب", ["القهوة", "الكتب"]),
        ("عاشق کتاب‌ها و موسیقی هستم", ["کتاب‌ها", "موسیقی"]),
        ("אוהב ספרים ומוזיקה", ["ספרים", "מוזיקה"]),
        ("मुझे चाय और किताबें पसंद हैं", ["चाय", "किताबें"]),
        ("Αγαπώ τη μουσική και τον καφέ", ["μουσική", "καφέ"]),
        ("서울에 사는 개발자입니다. 고양이와 커피를 좋아합니다", ["서울", "개발자", "고양이", "커피"]),
    ],
)
def test_each_language_loses_its_function_words_and_no_others(written: str, expected: list[str]) -> None:
    assert words_of(written) == expected


@needs_icu
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("東京在住のプログラマーです。猫を2匹飼っています。", ["東京", "プログラマー", "猫"]),
        ("趣味は写真と音楽、アニメ。よろしくお願いします", ["趣味", "写真", "音楽", "アニメ"]),
        ("我是一名软件工程师，喜欢开源和旅行", ["软件", "工程师", "开源", "旅行"]),
        ("โปรแกรมเมอร์ที่กรุงเทพ รักแมวและกาแฟ", ["โปรแกรมเมอร์", "กรุงเทพ", "แมว", "กาแฟ"]),
    ],
)
def test_languages_without_spaces_are_cut_into_words(written: str, expected: list[str]) -> None:
    assert words_of(written) == expected


def test_without_icu_there_are_fewer_words_and_no_lumps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmentation, "breaker", lambda: None)
    tokens._remembered.cache_clear()
    assert words_of("東京のプログラマーです。猫を飼っています。") == ["東京", "プログラマー", "猫"]
    assert words_of("我是一名软件工程师，喜欢开源和旅行") == ["软件工程师", "开源", "旅行"]
    assert words_of("โปรแกรมเมอร์ที่กรุงเทพรักแมวและกาแฟ แมว") == ["แมว"]
    tokens._remembered.cache_clear()


def test_an_english_word_that_is_a_stop_word_elsewhere_stays_a_word() -> None:
    assert {"AI", "die", "art"} <= set(words_of("AI researcher. Cacti die here, but art and research never do."))


def test_what_english_bios_are_full_of_is_kept_unless_it_says_nothing() -> None:
    found = words_of(
        "AI, Research, ML, Computer Science, information, text, web. Opinions are my own, I love and follow"
    )
    assert found == ["AI", "Research", "ML", "Computer", "Science", "information", "text", "web"]


def test_a_stop_word_is_told_as_one() -> None:
    assert terms("the") == (Term("the", "the", stopped=True, pair=False),)


def test_neighbours_form_terms_of_two_and_three_and_nothing_stands_between() -> None:
    assert pairs_of("machine learning, deep learning") == ["machine learning", "deep learning"]
    assert pairs_of("state of the art. Cats dogs/birds #a1 #b2 red-green 42 blue") == []
    assert [term.key for term in terms("Neural Networks") if term.pair] == ["neural network"]
    assert pairs_of("natural language processing") == [
        "natural language",
        "language processing",
        "natural language processing",
    ]
    assert pairs_of("natural\nlanguage - processing 😺 cats  dogs and birds") == []


@needs_icu
def test_pairs_of_a_language_without_spaces_are_written_without_one() -> None:
    assert "機械学習" in pairs_of("機械学習の研究")


def test_hostile_texts_are_words_or_nothing_and_fast() -> None:
    for evil in (
        "e" + "\u0301" * 60_000,
        "a/" * 30_000,
        "ーー" * 30_000,
        "🏴" * 60_000,
        "a'" * 30_000,
        "l'" * 30_000 + "abc",
        "x" + "'s" * 30_000,
        "#" * 60_000,
        "ก" * 60_000,
    ):
        began = time.process_time()
        found = terms(evil)
        assert time.process_time() - began < 10
        assert all(len(term.spelling) <= 2 * words.MOST_LETTERS + 1 for term in found)


def test_rank_puts_the_commonest_first_and_breaks_ties_by_text() -> None:
    ranked = rank([a_word("tea", 4), a_word("cat", 9), a_word("sea", 4), a_word("rare", 2)])
    assert [(word.text, word.people) for word in ranked] == [("cat", 9), ("sea", 4), ("tea", 4)]
    assert [word.text for word in rank([a_word("tea", 4), a_word("cat", 9)], most=1)] == ["cat"]


def test_a_word_of_one_person_is_never_ranked() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        rank([], min_people=1)


def test_uses_as_a_stop_word_do_not_count_unless_kept() -> None:
    tallies = [a_word("die", 10, stopped=8), a_word("the", 50, stopped=50)]
    assert rank(tallies) == ()
    assert [(word.text, word.people) for word in rank(tallies, keep=["THE", "Die"])] == [("the", 50), ("die", 10)]


def test_own_stop_words_go_in_any_spelling() -> None:
    tallies = [
        a_word("cat", 9),
        a_word("machine", 9),
        a_word("learning", 9),
        a_word("machine learning", 9),
        a_word("tea", 9),
    ]
    assert [word.text for word in rank(tallies, stopwords=["#Cats", "machine"])] == ["learning", "tea"]


def test_a_pair_that_belongs_together_takes_the_place_of_its_words() -> None:
    tallies = [a_word("machine", 42), a_word("learning", 60), a_word("machine learning", 40)]
    assert [(word.text, word.people) for word in rank(tallies)] == [("machine learning", 40), ("learning", 20)]


def test_a_pair_of_passers_by_is_none() -> None:
    tallies = [a_word("love", 50), a_word("music", 40), a_word("love music", 5)]
    assert [word.text for word in rank(tallies)] == ["love", "music"]


def test_of_overlapping_pairs_the_commoner_one_wins_and_leaves_no_fragment() -> None:
    tallies = [
        a_word("natural", 40), a_word("language", 45), a_word("processing", 39),
        a_word("natural language", 39), a_word("language processing", 38),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank(tallies)] == [("natural language", 39), ("language", 6)]


def test_three_words_that_belong_together_take_the_place_of_their_pairs() -> None:
    tallies = [
        a_word("natural", 42), a_word("language", 95), a_word("processing", 45),
        a_word("natural language", 40), a_word("language processing", 39), a_word("natural language processing", 38),
        a_word("model", 60), a_word("language model", 50),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank(tallies)] == [
        ("language model", 50), ("natural language processing", 38), ("model", 10), ("language", 7), ("processing", 7), ("natural", 4),
    ]  # fmt: skip


def test_two_words_that_go_with_many_others_take_no_third() -> None:
    tallies = [
        a_word("open", 62), a_word("source", 62), a_word("software", 80),
        a_word("open source", 60), a_word("source software", 15), a_word("open source software", 15),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank(tallies)] == [("software", 80), ("open source", 60)]


def test_a_word_that_is_only_used_in_one_pair_is_shown_in_it() -> None:
    tallies = [a_word("data", 100), a_word("wrangler", 4), a_word("data wrangler", 4)]
    assert [(word.text, word.people) for word in rank(tallies)] == [("data", 96), ("data wrangler", 4)]


def people_of(*bios: str) -> dict[str, int]:
    return {word.text: word.people for word in rank(counted(list(bios)))}


def test_a_hashtag_and_the_words_it_is_made_of_are_one_term_in_the_commonest_spelling() -> None:
    bios = [
        "open science",
        "#OpenScience",
        "#OpenScience, really",
        "#openscience",
        "I like open science",
        "#open_science",
    ]
    assert people_of(*bios) == {"OpenScience": 6}
    assert people_of("open-source", "open source", "#OpenSource", "Open source", "open source") == {"open source": 5}
    assert people_of(*["natural language processing"] * 2, *["#NaturalLanguageProcessing"] * 3) == {
        "NaturalLanguageProcessing": 5
    }
    assert people_of("الذكاء الاصطناعي", "الذكاء الاصطناعي", "#الذكاء_الاصطناعي", "#الذكاء_الاصطناعي") == {
        "الذكاء الاصطناعي": 4
    }


def test_who_uses_a_hashtag_and_its_words_is_counted_once() -> None:
    assert people_of(*["Into open science. #OpenScience"] * 3) == {"open science": 3}


def test_names_in_camel_case_stay_whole() -> None:
    assert people_of("#GitHub", "GitHub", "#YouTube GitHub", "YouTube", "youtube on my #iPhone") == {
        "GitHub": 3,
        "YouTube": 3,
    }


def test_a_stop_word_of_several_words_goes_in_any_spelling_and_with_its_words() -> None:
    tallies = [a_word("open", 9), a_word("science", 12), a_word("open science", 9), a_word("openscience", 5)]
    for typed in ("open science", "#OpenScience", "Open-Science"):
        assert [(word.text, word.people) for word in rank(tallies, stopwords=[typed])] == [("science", 3)]


def test_the_order_of_the_tallies_is_no_matter() -> None:
    tallies = counted(made_up_bios(300))
    assert rank(tallies) == rank(sorted(tallies, key=lambda tally: tally.people)) == rank(tallies[::-1])


def test_bios_of_many_scripts_give_words_and_no_rubbish() -> None:
    ranked = {word.text: word.people for word in rank(counted(made_up_bios(1500)))}
    assert {
        "machine learning",
        "Open source developer",
        "cats",
        "NLProc",
        "she/her",
        "Katzen",
        "猫",
        "котики",
    } <= ranked.keys()
    assert (
        not {"amp", "https", "verified", "span", "machine", "source", "und", "ich", "です", "more", "and", "は"}
        & ranked.keys()
    )


def test_a_bio_takes_less_than_a_tenth_of_a_millisecond() -> None:
    bios = [html.plain(bio) for bio in made_up_bios(400, {"en": 1})]
    [terms(bio) for bio in bios]
    began = time.process_time()
    [terms(bio) for bio in bios]
    assert (time.process_time() - began) / len(bios) < 1e-3
