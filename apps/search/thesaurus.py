"""What a shop knows of words beside their letters: other names of a thing, and words for accessories.

General knowledge of the trade in the shop's three languages, not taken from anybody's queries. Entries
are written plainly; rules.stem makes lexemes of them.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from apps.search import rules

# Names of one thing; an entry of several words is a phrase.
_SYNONYMS = """
laptop, notebook, ноутбук, лэптоп, noutbuk
smartphone, cellphone, mobile phone, cell phone, смартфон, мобильный телефон, smartfon
tv, television, телевизор, тв, televizor
pc, computer, desktop, пк, компьютер, kompyuter
headphones, headset, earphones, наушники, гарнитура, quloqchin
earbuds, earphones
fridge, refrigerator, холодильник, muzlatkich
monitor, display, монитор, дисплей
hdd, hard drive, hard disk, жесткий диск, винчестер
ssd, solid state drive, твердотельный накопитель
flash drive, usb stick, memory stick, thumb drive, флешка, флеш накопитель, fleshka
memory card, sd card, карта памяти
power bank, powerbank, portable charger, повербанк, внешний аккумулятор
charger, зарядка, зарядное устройство, zaryadlagich
keyboard, kbd, клавиатура, klaviatura
mouse, мышь, мышка, sichqoncha
printer, принтер
camcorder, video camera, видеокамера, videokamera
camera, фотоаппарат, fotoapparat
webcam, web camera, веб камера, вебкамера
wifi, wi fi, вайфай
graphics card, video card, gpu, видеокарта, videokarta
cpu, processor, процессор, protsessor
ram, memory module, оперативная память
speaker, loudspeaker, колонка, динамик, kolonka
playstation 3, ps3
playstation 4, ps4
playstation 5, ps5
vacuum cleaner, hoover, пылесос, changyutgich
stove, cooker, плита
microwave, microwave oven, микроволновка, свч
hair dryer, hairdryer, фен
torch, flashlight, фонарик, фонарь
sneakers, trainers, кроссовки, кеды, krossovka
pan, frying pan, сковорода, сковородка, tova
pot, saucepan, кастрюля, qozon
mug, cup, кружка, чашка, krujka
kettle, электрочайник
rug, carpet, ковер, палас, gilam
blanket, throw, плед, одеяло
sofa, couch, диван, divan
trousers, pants, брюки, штаны, shim
sweater, jumper, pullover, свитер, джемпер, пуловер, sviter
t shirt, tee, tshirt, футболка, майка, futbolka
hoodie, худи, толстовка
jacket, куртка, kurtka
dress, платье, koylak
backpack, rucksack, рюкзак, ryukzak
bag, сумка, sumka
watch, часы, soat
bicycle, bike, велосипед, velosiped
stroller, pram, pushchair, коляска
diapers, nappies, подгузники, памперсы
shorts, шорты, shorti
milk, молоко, sut
juice, сок, sharbat
apple, яблоко, olma
potato, картофель, картошка, kartoshka
yoghurt, yogurt, йогурт, yogurt
"""
# What is bought for a thing: who asks for the thing alone does not want it first.
_ACCESSORIES = """
accessory adapter bag battery bracket cable cap cartridge case charger clip cord cover cradle dock docking
drum enclosure film filter folio fuser grip guard handle holder holster kit label lanyard lens lid lock mount
pad pouch protector rack rail refill remote replacement ribbon roller screen skin sleeve spare stand station
strap stylus tip toner tray warranty
аксессуар адаптер батарея аккумулятор кабель картридж чехол зарядка крышка обложка бампер пленка стекло
держатель крепление кронштейн фильтр ремешок ремень наклейка переходник подставка пульт тонер шнур
запчасть насадка футляр штатив ручка
gilof kabel adapter batareya kartrij qopqoq plyonka ushlagich tasma pult zaryadlagich stilus
"""


@cache
def _entries() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return for each entry, as lexemes, the other entries of its groups."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], None]] = {}
    for line in _SYNONYMS.split("\n"):
        group = [tuple(map(rules.stem, rules.words_of(name))) for name in line.split(",") if name]
        for one in group:
            found.setdefault(one, {}).update((other, None) for other in group if other != one)
    return {entry: tuple(others) for entry, others in found.items()}


@cache
def accessories() -> frozenset[str]:
    """Return the lexemes of accessories."""
    return frozenset(rules.stem(word) for word in _ACCESSORIES.split())


def synonyms(lexemes: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (place in the query, lexemes of another name of what stands there).

    A name of several words gives way to names of one word alone, at each of its places.
    """
    for start in range(len(lexemes)):
        for length in (1, 2, 3):
            others = _entries().get(tuple(lexemes[start : start + length]), ())
            if len(lexemes) - start < length:
                break
            for other in others:
                if length == 1 or len(other) == 1:
                    yield from ((place, other) for place in range(start, start + length))
