"""Reviews of the demo's products, in three languages: most are good, some are not."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from apps.sandbox.catalogues.plans import ProductPlan, ReviewPlan

POPULAR = 60  # sales from which a product has at least three reviews
STARS, WEIGHTS = (5, 4, 3, 2, 1), (56, 25, 10, 5, 4)
LANGUAGE_WEIGHTS = (20, 45, 35)

NAMES = {
    "en": ("Olivia", "James", "Hannah", "Daniel", "Ruth", "Peter", "Megan", "Liam"),
    "ru": ("Ирина", "Алексей", "Наталья", "Сергей", "Дарья", "Михаил", "Юлия", "Олег"),
    "uz": ("Aziza", "Jahongir", "Gulnora", "Sherzod", "Madina", "Otabek", "Zilola", "Ulugʻbek"),
}
# (title, text) by language and stars; they say nothing that would be wrong for some kind of thing.
WORDS: dict[str, dict[int, Sequence[tuple[str, str]]]] = {
    "en": {
        5: (
            (
                "Exactly as shown",
                "It looks just like the pictures and the quality is better than I expected.",
            ),
            (
                "Very pleased",
                "Arrived a day early, well packed. I have ordered a second one for my parents.",
            ),
            ("Worth the price", "I compared several and this one is the best for the money."),
            ("Lovely", "My whole family likes it. The colour is rich and even."),
        ),
        4: (
            (
                "Good",
                "Good quality, only the box came a little crushed. The thing itself was fine.",
            ),
            ("Nearly perfect", "I like it, though the shade is slightly darker than on my screen."),
            (
                "Happy with it",
                "Two months of use and no complaints. Delivery took a day longer than promised.",
            ),
        ),
        3: (
            ("All right", "It does what it should, but I expected more for this price."),
            ("So-so", "Not bad, not great. The seller answered my question quickly, thank you."),
        ),
        2: (
            (
                "Expected better",
                "The finish is uneven in one place. I kept it, but I would not buy it again.",
            ),
        ),
        1: (
            (
                "Came damaged",
                "It arrived with a scratch. The seller offered a refund, so one star for the packing.",
            ),
        ),
    },
    "ru": {
        5: (
            (
                "Как на фото",
                "Выглядит точно как на картинках, а качество даже лучше, чем я ожидала.",
            ),
            (
                "Очень довольны",
                "Пришло на день раньше, упаковано на совесть. Заказали ещё одно родителям.",
            ),
            ("Стоит своих денег", "Сравнивал несколько вариантов, этот лучший за свою цену."),
            ("Отличная вещь", "Понравилось всей семье. Цвет насыщенный и ровный."),
        ),
        4: (
            (
                "Хорошо",
                "Качество хорошее, только коробка приехала слегка помятой. Содержимое цело.",
            ),
            ("Почти идеально", "Нравится, но оттенок чуть темнее, чем на экране."),
            (
                "Рекомендую",
                "Пользуюсь два месяца, нареканий нет. Доставка заняла на день больше обещанного.",
            ),
        ),
        3: (
            ("Нормально", "Свою задачу выполняет, но за такие деньги ждал большего."),
            ("Средне", "Не плохо и не отлично. Продавец быстро ответил на вопрос, спасибо."),
        ),
        2: (
            (
                "Ожидала лучшего",
                "В одном месте неровная отделка. Возвращать не стала, но второй раз не куплю.",
            ),
        ),
        1: (
            (
                "Пришло с дефектом",
                "Приехало с царапиной. Деньги предложили вернуть, звезда за упаковку.",
            ),
        ),
    },
    "uz": {
        5: (
            ("Rasmdagidek", "Xuddi rasmdagidek ekan, sifati kutganimdan ham yaxshi."),
            (
                "Juda mamnunman",
                "Bir kun erta keldi, yaxshi oʻralgan. Ota-onamga ham buyurtma qildim.",
            ),
            ("Narxiga arziydi", "Bir nechtasini solishtirdim, shu narxda eng yaxshisi shu."),
            ("Ajoyib", "Butun oilamizga yoqdi. Rangi toʻyingan va bir tekis."),
        ),
        4: (
            ("Yaxshi", "Sifati yaxshi, faqat qutisi biroz ezilgan ekan. Ichidagisi butun."),
            ("Deyarli aʼlo", "Yoqdi, lekin tusi ekrandagidan biroz toʻqroq."),
            (
                "Tavsiya qilaman",
                "Ikki oydan beri ishlataman, shikoyatim yoʻq. Yetkazish bir kun kechikdi.",
            ),
        ),
        3: (
            ("Oʻrtacha", "Vazifasini bajaradi, lekin bu narxga koʻproq kutgandim."),
            (
                "Boʻladi",
                "Yomon ham emas, zoʻr ham emas. Sotuvchi savolimga tez javob berdi, rahmat.",
            ),
        ),
        2: (
            (
                "Yaxshiroq kutgandim",
                "Bir joyi notekis ishlangan. Qaytarmadim, ammo qayta olmayman.",
            ),
        ),
        1: (("Shikastlangan keldi", "Tirnalgan holda keldi. Pulni qaytarishni taklif qilishdi."),),
    },
}


def reviews_of(plans: Sequence[ProductPlan], *, now: datetime) -> list[ReviewPlan]:
    return [review for plan in plans for review in _reviews(plan, now)]


def _reviews(plan: ProductPlan, now: datetime) -> Iterator[ReviewPlan]:
    dice = Random(f"reviews:{plan.source_id}")
    is_popular = plan.sales_count >= POPULAR
    count = dice.randint(4, 9) if is_popular else dice.choice((0, 0, 1, 2, 3))
    used = set()
    for _ in range(count):
        language = dice.choices(("en", "ru", "uz"), LANGUAGE_WEIGHTS)[0]
        stars = dice.choices(STARS, WEIGHTS)[0]
        title, text = dice.choice(WORDS[language][stars])
        if text in used:
            # Said already: the fullest list of words has another.
            stars = 5
            left = [row for row in WORDS[language][5] if row[1] not in used]
            if not left:
                continue
            title, text = dice.choice(left)
        used.add(text)
        age = (now - plan.published_at).total_seconds() * dice.uniform(0.02, 0.9)
        yield ReviewPlan(
            source_id=plan.source_id,
            author_name=dice.choice(NAMES[language]),
            rating=stars,
            title=title,
            text=text,
            language=language,
            at=now - timedelta(seconds=age),
        )
