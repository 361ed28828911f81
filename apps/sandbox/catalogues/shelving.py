"""Categories of Chorus Electronics, which has none: rules on its product type and title.

The first rule that fits decides. A rule is a category and words; a word fits where it stands as a
whole in the text. Product types are looked at before titles.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from apps.sandbox.catalogues.plans import CategoryPlan
from apps.sandbox.demo.vocabulary import by_language

OTHER = "other-electronics"

# code, parent, English, Russian, Uzbek, kind of picture for the tile
TREE = (
    ("computing", "", "Computers", "Компьютеры", "Kompyuterlar", "laptop"),
    ("notebooks", "computing", "Notebooks", "Ноутбуки", "Noutbuklar", "laptop"),
    (
        "desktops",
        "computing",
        "Desktops and workstations",
        "Настольные компьютеры",
        "Stol kompyuterlari",
        "laptop",
    ),
    ("servers", "computing", "Servers", "Серверы", "Serverlar", "laptop"),
    ("tablets", "computing", "Tablets", "Планшеты", "Planshetlar", "phone"),
    ("monitors", "computing", "Monitors", "Мониторы", "Monitorlar", "laptop"),
    ("components", "", "Components", "Комплектующие", "Butlovchi qismlar", "keyboard"),
    ("processors", "components", "Processors", "Процессоры", "Protsessorlar", "keyboard"),
    ("memory", "components", "Memory modules", "Модули памяти", "Xotira modullari", "keyboard"),
    ("motherboards", "components", "Motherboards", "Материнские платы", "Ona platalar", "keyboard"),
    ("graphics-cards", "components", "Graphics cards", "Видеокарты", "Videokartalar", "keyboard"),
    ("drives", "components", "Drives and storage", "Накопители", "Jamlovchilar", "keyboard"),
    (
        "cases-cooling",
        "components",
        "Cases, power and cooling",
        "Корпуса, питание, охлаждение",
        "Korpus, quvvat, sovitish",
        "keyboard",
    ),
    ("peripherals", "", "Peripherals", "Периферия", "Tashqi qurilmalar", "mouse"),
    (
        "keyboards-mice",
        "peripherals",
        "Keyboards and mice",
        "Клавиатуры и мыши",
        "Klaviatura va sichqonchalar",
        "mouse",
    ),
    (
        "bags-cases",
        "peripherals",
        "Bags and cases",
        "Сумки и чехлы",
        "Sumka va gʻiloflar",
        "backpack",
    ),
    (
        "mounts",
        "peripherals",
        "Mounts and stands",
        "Крепления и подставки",
        "Tutqich va tagliklar",
        "laptop",
    ),
    ("printing", "", "Printing", "Печать", "Chop etish", "book"),
    (
        "printers",
        "printing",
        "Printers and scanners",
        "Принтеры и сканеры",
        "Printer va skanerlar",
        "book",
    ),
    ("cartridges", "printing", "Ink and toner", "Чернила и тонер", "Siyoh va toner", "book"),
    (
        "paper-labels",
        "printing",
        "Paper and labels",
        "Бумага и этикетки",
        "Qogʻoz va yorliqlar",
        "book",
    ),
    (
        "printer-parts",
        "printing",
        "Printer parts",
        "Запчасти принтеров",
        "Printer ehtiyot qismlari",
        "book",
    ),
    ("network", "", "Network and cables", "Сети и кабели", "Tarmoq va kabellar", "speaker"),
    (
        "cables",
        "network",
        "Cables and adapters",
        "Кабели и переходники",
        "Kabel va adapterlar",
        "speaker",
    ),
    (
        "networking",
        "network",
        "Network devices",
        "Сетевые устройства",
        "Tarmoq qurilmalari",
        "speaker",
    ),
    ("racks", "network", "Racks and KVM", "Стойки и KVM", "Stoyka va KVM", "speaker"),
    ("power", "", "Power", "Питание", "Quvvat", "drill"),
    ("ups", "power", "UPS and surge protection", "ИБП и защита сети", "UPS va himoya", "drill"),
    (
        "batteries",
        "power",
        "Batteries and chargers",
        "Батареи и зарядки",
        "Batareya va zaryadlash",
        "drill",
    ),
    (
        "audio-video",
        "",
        "Sound, photo, video",
        "Звук, фото, видео",
        "Ovoz, foto, video",
        "headphones",
    ),
    (
        "headphones-headsets",
        "audio-video",
        "Headphones and headsets",
        "Наушники и гарнитуры",
        "Quloqchin va garnituralar",
        "headphones",
    ),
    (
        "loudspeakers",
        "audio-video",
        "Speakers and players",
        "Колонки и плееры",
        "Kolonka va pleyerlar",
        "speaker",
    ),
    (
        "televisions",
        "audio-video",
        "TVs and projectors",
        "Телевизоры и проекторы",
        "Televizor va proyektorlar",
        "laptop",
    ),
    ("photo-cameras", "audio-video", "Cameras", "Камеры", "Kameralar", "camera"),
    ("telephones", "audio-video", "Telephones", "Телефоны", "Telefonlar", "phone"),
    ("software", "", "Software", "Программы", "Dasturlar", "book"),
    (
        "home-and-toys",
        "",
        "Home, office, toys",
        "Дом, офис, игрушки",
        "Uy, ofis, oʻyinchoqlar",
        "lamp",
    ),
    ("lighting", "home-and-toys", "Light", "Свет", "Yoritish", "lamp"),
    ("household", "home-and-toys", "Household", "Бытовая техника", "Maishiy texnika", "kettle"),
    ("toys", "home-and-toys", "Toys", "Игрушки", "Oʻyinchoqlar", "bear"),
    ("office", "home-and-toys", "Office supplies", "Канцелярия", "Ofis buyumlari", "book"),
    (OTHER, "", "Other electronics", "Прочая электроника", "Boshqa elektronika", "speaker"),
)

# What only ink and toner have, beside the word "original" in the title.
INK_ATTRIBUTES = ("attr_t_printing_colours", "attr_t_ink_type", "attr_n_black_toner_page_yield")

BY_TYPE = (
    ("processors", "processor"),
    ("notebooks", "notebook|netbook|chromebook|hybrid|mobile workstation"),
    ("headphones-headsets", "headphones|headset"),
    ("motherboards", "desktop board|board|system board"),
    ("desktops", "pc|workstation|all-in-one pc|barebone|mini pc|system"),
    ("networking", "network interface card|router|bypass switch"),
    ("printer-parts", "maintenance kit|transfer kit|roller kit|fuser|cleaning kit"),
    ("batteries", "battery"),
    ("loudspeakers", "speaker"),
    ("televisions", "projector"),
    ("mounts", "mount|bracket|stand"),
    ("household", "coffee|espresso|fryer|grinder|ice cream|grater|nail polish"),
    ("toys", "doll|toy|kids|playhouse|craft"),
    ("office", "storage box|storage tray|frame|photo greeting card"),
    ("drives", "raid"),
    ("cases-cooling", "chassis"),
    ("keyboards-mice", "keyboard"),
)
BY_TITLE = (
    (
        "paper-labels",
        "paper|large format media|vinyl|scrim|printable textile|label|labels|envelope|photo paper|transparencies|canvas|vellum|film",
    ),
    (
        "printer-parts",
        "fuser|print head|print heads|spindle|maintenance kit|drum|transfer belt|transfer unit|roller|waste toner|printhead|staples|stapler|developer unit|imaging unit|photoconductor|tray|duplex unit|feeder|finisher",
    ),
    (
        "cartridges",
        "toner|tnr|ink|cartridge|cartridges|ribbon|inkjet cartridge|singlepack|multipack",
    ),
    (
        "bags-cases",
        "screen protector|screen protectors|tablet case|backpack|briefcase|sleeve|messenger|notebook case|carrying case|bag|pouch|holster|folio|case for",
    ),
    ("ups", "ups|surge|pdu|outlet|outlets|uninterruptible|power distribution"),
    ("batteries", "battery|batteries|charger|rechargeable|ac adapter|power adapter"),
    ("racks", "rack|kvm|enclosure|cabinet"),
    ("mounts", "mount|stand|bracket|arm|wall plate|tripod"),
    (
        "cables",
        "cable|cord|patch|splitter|utp|stp|converter|adapter|extension|coupler|gender changer|connector|snagless|fiber|fibre|multimode|hdmi|dvi",
    ),
    (
        "printers",
        "printer|laserjet|scanner|multifunctional|phaser|officejet|deskjet|photosmart|fax|plotter|designjet|copier|dpi",
    ),
    ("memory", "dimm|sdram|ddr|ddr2|ddr3|ddr4|memory module|so-dimm|ram"),
    ("processors", "processor|xeon|celeron|pentium"),
    ("motherboards", "motherboard|desktop board|socket"),
    ("graphics-cards", "geforce|radeon|quadro|graphics card|firepro"),
    ("servers", "poweredge|proliant|server|xserve"),
    ("notebooks", "notebook|laptop|thinkpad|netbook|chromebook|elitebook|probook|latitude|vostro"),
    ("tablets", "tablet|ipad"),
    ("desktops", "desktop|tower|workstation|all-in-one|barebone|optiplex"),
    (
        "drives",
        "ssd|hdd|hard drive|solid state|flash drive|usb flash|memory card|compactflash|microsd|sdhc|tape|optical disc|dvd|blu-ray|cd-r|nas|drive",
    ),
    ("televisions", "tv|projector|projection|television|lcd tv|hd ready|full hd tv"),
    ("monitors", "monitor|display|screen"),
    (
        "networking",
        "print server|jetdirect|switch|router|access point|wi-fi|ethernet|modem|firewall|gigabit|wlan|bluetooth|transceiver|sfp|network",
    ),
    ("headphones-headsets", "headset|headphones|headphone|earphone|earphones|earbuds|microphone"),
    (
        "loudspeakers",
        "speaker|speakers|soundbar|radio|audio|mp3|player|subwoofer|receiver|amplifier|stereo|docking speaker",
    ),
    ("photo-cameras", "camera|webcam|camcorder|lens|megapixel|binocular|cam"),
    ("telephones", "phone|telephone|smartphone|dect|handset|voip"),
    (
        "keyboards-mice",
        "keyboard|mouse|trackball|mice|keypad|joystick|gamepad|qwerty|remote control",
    ),
    ("cases-cooling", "fan|cooler|power supply|computer case|heatsink|cooling|midi-tower"),
    (
        "software",
        "software|license|windows|licence|antivirus|upgrade|multilingual|office professional",
    ),
    ("lighting", "lamp|bulb|light|spot|led|luminaire|halogen|fluorescent|lantern|flashlight"),
    (
        "household",
        "coffee|kettle|vacuum|shaver|toothbrush|iron|blender|fryer|hair|toaster|refrigerator|freezer|oven|washing|dishwasher|hob|microwave|kitchen|bottle|pan|trimmer|cooker",
    ),
    ("toys", "toy|lego|doll|game|puzzle|barbie|hot wheels|playset|card game|kids"),
    (
        "office",
        "binder|pen|marker|calculator|stapler|folder|tape|shredder|laminator|pencil|whiteboard|clock|ring|eraser|glue",
    ),
)


@cache
def _rules(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = BY_TYPE if table == "type" else BY_TITLE
    return tuple(
        (code, re.compile(rf"(?<![a-z0-9])(?:{words.replace(' ', '[ -]')})(?![a-z0-9])"))
        for code, words in rows
    )


def category_of(row: Mapping[str, Any]) -> str:
    """Choose a category by product type, then by title, then by the kind of attributes."""
    kind = str(row.get("attr_t_product_type") or "").lower()
    if found := _first("type", kind):
        return found
    if any(name in row for name in INK_ATTRIBUTES) and "original" in str(row["title"]).lower():
        return "cartridges"
    if found := _first("title", str(row.get("title", "")).lower()):
        return found
    if found := _first("title", str(row.get("short_description") or "").lower()):
        return found
    return OTHER


def _first(table: str, text: str) -> str | None:
    return (
        next((code for code, words in _rules(table) if words.search(text)), None) if text else None
    )


def categories() -> list[CategoryPlan]:
    return [
        CategoryPlan(code=code, names=by_language(names), parent=parent, picture_kind=picture)
        for code, parent, *names, picture in TREE
    ]
