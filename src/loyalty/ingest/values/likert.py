"""The words of agreement scales, Turkish and English, from the worst answer to the best.

A family is one list of answers as a survey offers them; each step lists the spellings in use. No step may share a
spelling with another step of its family. Families with fewer points stand first.
"""

from __future__ import annotations

Family = tuple[tuple[str, ...], ...]

NEITHER = ("Neutral", "Neither", "Undecided", "Not sure", "No opinion")
KARARSIZ = ("Kararsızım", "Kararsız", "Nötr", "Emin değilim", "Fikrim yok")

SATISFIED: tuple[Family, ...] = (
    (
        ("Very dissatisfied", "Extremely dissatisfied", "Completely dissatisfied", "Very unsatisfied"),
        ("Dissatisfied", "Somewhat dissatisfied", "Unsatisfied", "Somewhat unsatisfied"),
        ("Neither satisfied nor dissatisfied", "Neither satisfied nor unsatisfied", *NEITHER),
        ("Satisfied", "Somewhat satisfied"),
        ("Very satisfied", "Extremely satisfied", "Completely satisfied"),
    ),
    (
        ("Very dissatisfied", "Extremely dissatisfied"),
        ("Dissatisfied", "Moderately dissatisfied"),
        ("Somewhat dissatisfied", "Slightly dissatisfied"),
        ("Somewhat satisfied", "Slightly satisfied"),
        ("Satisfied", "Moderately satisfied"),
        ("Very satisfied", "Extremely satisfied"),
    ),
    (
        ("Very dissatisfied", "Extremely dissatisfied"),
        ("Dissatisfied", "Moderately dissatisfied"),
        ("Somewhat dissatisfied", "Slightly dissatisfied"),
        ("Neither satisfied nor dissatisfied", *NEITHER),
        ("Somewhat satisfied", "Slightly satisfied"),
        ("Satisfied", "Moderately satisfied"),
        ("Very satisfied", "Extremely satisfied"),
    ),
    (
        ("Hiç memnun değilim", "Hiç memnun değil", "Hiç memnun kalmadım", "Çok memnuniyetsizim"),
        (
            "Memnun değilim",
            "Memnun değil",
            "Memnun kalmadım",
            "Memnuniyetsizim",
            "Pek memnun değilim",
            "Pek memnun kalmadım",
        ),
        ("Ne memnunum ne değilim", "Ne memnunum ne de değilim", "Ne memnun ne değil", *KARARSIZ),
        ("Memnunum", "Memnun", "Memnun kaldım", "Oldukça memnunum", "Oldukça memnun kaldım"),
        ("Çok memnunum", "Çok memnun", "Çok memnun kaldım"),
    ),
    (
        ("Hiç memnun değilim",),
        ("Memnun değilim",),
        ("Kısmen memnun değilim", "Pek memnun değilim"),
        ("Kısmen memnunum", "Biraz memnunum"),
        ("Memnunum",),
        ("Çok memnunum",),
    ),
    (
        ("Hiç memnun değilim",),
        ("Memnun değilim",),
        ("Kısmen memnun değilim", "Pek memnun değilim"),
        ("Ne memnunum ne değilim", "Ne memnunum ne de değilim", *KARARSIZ),
        ("Kısmen memnunum", "Biraz memnunum"),
        ("Memnunum",),
        ("Çok memnunum",),
    ),
)

AGREES: tuple[Family, ...] = (
    (
        ("Strongly disagree", "Completely disagree", "Totally disagree"),
        ("Disagree", "Somewhat disagree"),
        ("Neither agree nor disagree", *NEITHER),
        ("Agree", "Somewhat agree"),
        ("Strongly agree", "Completely agree", "Totally agree"),
    ),
    (
        ("Strongly disagree", "Completely disagree"),
        ("Disagree",),
        ("Somewhat disagree", "Slightly disagree"),
        ("Somewhat agree", "Slightly agree"),
        ("Agree",),
        ("Strongly agree", "Completely agree"),
    ),
    (
        ("Strongly disagree", "Completely disagree"),
        ("Disagree",),
        ("Somewhat disagree", "Slightly disagree"),
        ("Neither agree nor disagree", *NEITHER),
        ("Somewhat agree", "Slightly agree"),
        ("Agree",),
        ("Strongly agree", "Completely agree"),
    ),
    (
        ("Kesinlikle katılmıyorum", "Hiç katılmıyorum", "Tamamen katılmıyorum"),
        ("Katılmıyorum", "Kısmen katılmıyorum"),
        ("Ne katılıyorum ne katılmıyorum", "Ne katılıyorum ne de katılmıyorum", *KARARSIZ),
        ("Katılıyorum", "Kısmen katılıyorum"),
        ("Kesinlikle katılıyorum", "Tamamen katılıyorum", "Çok katılıyorum"),
    ),
    (
        ("Kesinlikle katılmıyorum", "Hiç katılmıyorum"),
        ("Katılmıyorum",),
        ("Kısmen katılmıyorum", "Pek katılmıyorum"),
        ("Kısmen katılıyorum", "Biraz katılıyorum"),
        ("Katılıyorum",),
        ("Kesinlikle katılıyorum", "Tamamen katılıyorum"),
    ),
    (
        ("Kesinlikle katılmıyorum", "Hiç katılmıyorum"),
        ("Katılmıyorum",),
        ("Kısmen katılmıyorum", "Pek katılmıyorum"),
        ("Ne katılıyorum ne katılmıyorum", "Ne katılıyorum ne de katılmıyorum", *KARARSIZ),
        ("Kısmen katılıyorum", "Biraz katılıyorum"),
        ("Katılıyorum",),
        ("Kesinlikle katılıyorum", "Tamamen katılıyorum"),
    ),
)

WOULD: tuple[Family, ...] = (
    (
        ("Definitely not", "Definitely no", "Definitely would not"),
        ("Probably not", "Probably no", "Probably would not"),
        ("Maybe", "Might or might not", "Possibly", *NEITHER),
        ("Probably", "Probably yes", "Probably would"),
        ("Definitely", "Definitely yes", "Definitely would"),
    ),
    (
        ("Definitely not", "Definitely no"),
        ("Probably not", "Probably no"),
        ("Possibly not", "Maybe not"),
        ("Possibly", "Possibly yes", "Maybe", "Maybe yes"),
        ("Probably", "Probably yes"),
        ("Definitely", "Definitely yes"),
    ),
    (
        ("Very unlikely", "Extremely unlikely"),
        ("Unlikely", "Somewhat unlikely"),
        ("Neither likely nor unlikely", *NEITHER),
        ("Likely", "Somewhat likely"),
        ("Very likely", "Extremely likely"),
    ),
    (
        ("Not at all likely",),
        ("Slightly likely", "Not so likely"),
        ("Moderately likely", "Somewhat likely"),
        ("Very likely",),
        ("Extremely likely",),
    ),
    (
        ("Very unlikely", "Extremely unlikely"),
        ("Unlikely", "Moderately unlikely"),
        ("Somewhat unlikely", "Slightly unlikely"),
        ("Somewhat likely", "Slightly likely"),
        ("Likely", "Moderately likely"),
        ("Very likely", "Extremely likely"),
    ),
    (
        ("Very unlikely", "Extremely unlikely"),
        ("Unlikely", "Moderately unlikely"),
        ("Somewhat unlikely", "Slightly unlikely"),
        ("Neither likely nor unlikely", *NEITHER),
        ("Somewhat likely", "Slightly likely"),
        ("Likely", "Moderately likely"),
        ("Very likely", "Extremely likely"),
    ),
    (
        ("Kesinlikle hayır",),
        ("Muhtemelen hayır", "Hayır", "Sanmıyorum"),
        ("Belki", "Olabilir", *KARARSIZ),
        ("Muhtemelen evet", "Muhtemelen", "Evet"),
        ("Kesinlikle evet", "Kesinlikle"),
    ),
    (
        ("Kesinlikle almam", "Kesinlikle satın almam", "Kesinlikle denemem"),
        (
            "Muhtemelen almam",
            "Almam",
            "Muhtemelen satın almam",
            "Satın almam",
            "Denemem",
            "Muhtemelen denemem",
        ),
        ("Belki", "Olabilir", *KARARSIZ),
        (
            "Muhtemelen alırım",
            "Alırım",
            "Muhtemelen satın alırım",
            "Satın alırım",
            "Denerim",
            "Muhtemelen denerim",
        ),
        ("Kesinlikle alırım", "Kesinlikle satın alırım", "Kesinlikle denerim"),
    ),
    (
        ("Kesinlikle tavsiye etmem", "Hiç tavsiye etmem", "Kesinlikle önermem"),
        ("Tavsiye etmem", "Muhtemelen tavsiye etmem", "Önermem", "Muhtemelen önermem"),
        ("Belki", "Olabilir", *KARARSIZ),
        ("Tavsiye ederim", "Muhtemelen tavsiye ederim", "Öneririm", "Muhtemelen öneririm"),
        ("Kesinlikle tavsiye ederim", "Kesinlikle öneririm"),
    ),
    (
        ("Kesinlikle hayır",),
        ("Hayır",),
        ("Muhtemelen hayır", "Belki hayır"),
        ("Muhtemelen evet", "Belki evet"),
        ("Evet",),
        ("Kesinlikle evet",),
    ),
    (
        ("Kesinlikle hayır",),
        ("Hayır",),
        ("Muhtemelen hayır", "Belki hayır"),
        ("Belki", *KARARSIZ),
        ("Muhtemelen evet", "Belki evet"),
        ("Evet",),
        ("Kesinlikle evet",),
    ),
    (
        ("Hiç olası değil", "Çok düşük olasılık"),
        ("Olası değil", "Pek olası değil", "Düşük olasılık"),
        ("Ne olası ne değil", *KARARSIZ),
        ("Olası", "Yüksek olasılık"),
        ("Çok olası", "Son derece olası", "Çok yüksek olasılık"),
    ),
)

EASY: tuple[Family, ...] = (
    (
        ("Very difficult", "Extremely difficult", "Very hard"),
        ("Difficult", "Somewhat difficult", "Hard"),
        ("Neither easy nor difficult", *NEITHER),
        ("Easy", "Somewhat easy"),
        ("Very easy", "Extremely easy"),
    ),
    (
        ("Çok zor",),
        ("Zor",),
        ("Ne kolay ne zor", "Ne zor ne kolay", "Orta", *KARARSIZ),
        ("Kolay",),
        ("Çok kolay",),
    ),
    (
        ("Extremely difficult", "Very difficult", "Very hard"),
        ("Difficult", "Hard", "Moderately difficult"),
        ("Somewhat difficult", "Slightly difficult", "Somewhat hard"),
        ("Neither easy nor difficult", *NEITHER),
        ("Somewhat easy", "Slightly easy"),
        ("Easy", "Moderately easy"),
        ("Extremely easy", "Very easy"),
    ),
    (
        ("Extremely difficult",),
        ("Very difficult",),
        ("Somewhat difficult", "Difficult"),
        ("Neither easy nor difficult", *NEITHER),
        ("Somewhat easy", "Easy"),
        ("Very easy",),
        ("Extremely easy",),
    ),
    (
        ("Çok zor", "Son derece zor"),
        ("Zor",),
        ("Biraz zor", "Kısmen zor"),
        ("Ne kolay ne zor", "Ne zor ne kolay", *KARARSIZ),
        ("Biraz kolay", "Kısmen kolay"),
        ("Kolay",),
        ("Çok kolay", "Son derece kolay"),
    ),
)

HAPPY: tuple[Family, ...] = (
    (
        ("Very unhappy", "Extremely unhappy"),
        ("Unhappy", "Somewhat unhappy"),
        ("Neither happy nor unhappy", *NEITHER),
        ("Happy", "Somewhat happy"),
        ("Very happy", "Extremely happy"),
    ),
    (("Çok mutsuz",), ("Mutsuz",), ("Ne mutlu ne mutsuz", *KARARSIZ), ("Mutlu",), ("Çok mutlu",)),
)

GOOD: tuple[Family, ...] = (
    (("Bad", "Bad with comment", "Kötü"), ("Good", "Good with comment", "İyi")),
    (
        ("Very poor", "Very bad", "Terrible"),
        ("Poor", "Bad"),
        ("Average", "Fair", "Okay", *NEITHER),
        ("Good",),
        ("Very good", "Excellent", "Great"),
    ),
    (("Poor",), ("Fair",), ("Good",), ("Very good",), ("Excellent",)),
    (
        ("Çok kötü", "Berbat"),
        ("Kötü",),
        ("Orta", "Ne iyi ne kötü", "Normal", "Vasat", *KARARSIZ),
        ("İyi",),
        ("Çok iyi", "Mükemmel", "Harika"),
    ),
    (("Zayıf", "Kötü"), ("Orta",), ("İyi",), ("Çok iyi",), ("Mükemmel",)),
    (("Çok kötü",), ("Kötü",), ("Orta",), ("İyi",), ("Çok iyi",), ("Mükemmel",)),
)

NOT_ANSWERED = frozenset({"Offered", "Not offered", "Unoffered"})
"""What a help desk writes in place of an answer: a rating that was offered, or not even that."""

HEARD_ANYWHERE = frozenset(
    {*NEITHER, *KARARSIZ, "Maybe", "Possibly", "Evet", "Hayır", "Belki", "Olabilir", "Orta", "Normal"}
)
"""Answers that prove no scale by themselves: yes, no and maybe are not its second, fourth and third step."""

FACES: tuple[Family, ...] = (
    (("👎",), ("👍",)),
    (
        ("🙁", "☹", "😞", "😟", "😕", "😔", "😠", "😡", "😢", "😭", ":(", ":-("),
        ("😐", "😑", "😶", ":|", ":-|"),
        ("🙂", "😊", "☺", "😀", "😃", "😄", "😁", "😍", ":)", ":-)"),
    ),
    (
        ("😡", "😠", "😭", "😢", "😞", "😫"),
        ("🙁", "☹", "😟", "😕", "😔"),
        ("😐", "😑", "😶"),
        ("🙂", "😊", "☺"),
        ("😀", "😃", "😄", "😁", "😍", "🤩"),
    ),
)
"""Answers that are signs alone, as they stand but for their colour. Faces are of three where three steps tell all of
them apart."""

FAMILIES: tuple[Family, ...] = (*SATISFIED, *AGREES, *WOULD, *EASY, *HAPPY, *GOOD)
