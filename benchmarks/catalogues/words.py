"""The words of made catalogues. No noun begins like another word: search finds prefixes."""

CATEGORY_COUNT = 50
BRAND_COUNT = 2_000
PREFIXES = (
    "ABC", "BDE", "CFG", "DHK", "ELM", "FNP", "GRS", "HTV", "JWX", "KZA",
    "LBC", "MDF", "NGH", "PJK", "QLM", "RNP", "SRT", "TVW", "VXZ", "WAB",
)  # fmt: skip
COLORS = (
    "red", "green", "blue", "black", "white", "grey", "brown", "yellow", "orange", "pink",
    "purple", "cream", "navy", "olive", "teal", "silver", "gold", "copper", "sand", "rose",
)  # fmt: skip
SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL", "5XL", "one size")
MATERIALS = (
    "steel", "oak", "linen", "cotton", "wool", "glass", "enamel", "brass", "beech", "cork",
    "leather", "rubber", "slate", "paper", "silicone", "ceramic", "iron", "nylon", "felt", "bamboo",
)  # fmt: skip
COUNTRIES = (
    "Austria", "Belgium", "Chile", "Denmark", "Estonia", "France", "Germany", "Hungary", "Italy",
    "Japan", "Kenya", "Latvia", "Mexico", "Norway", "Oman", "Poland", "Romania", "Spain", "Turkey",
)  # fmt: skip
NOUNS = (
    "Kettle", "Lantern", "Blanket", "Hammock", "Teapot", "Chair", "Shelf", "Basket", "Candle",
    "Drawer", "Easel", "Funnel", "Goblet", "Hook", "Inkwell", "Jug", "Ladder", "Mirror", "Napkin",
    "Oven", "Pillow", "Quilt", "Rug", "Stool", "Tray", "Umbrella", "Vase", "Whisk", "Yoke",
    "Zither",
)  # fmt: skip
ADJECTIVES = (
    "Sturdy", "Light", "Round", "Narrow", "Deep", "Folding", "Quiet", "Simple", "Fine", "Broad",
)  # fmt: skip
SYLLABLES = ("Ba", "Ce", "Di", "Fo", "Gu", "Ha", "Je", "Ki", "Lo", "Mu")
FILLERS = (
    "with", "a", "handle", "that", "stays", "cool", "and", "lid", "which", "closes", "tightly",
    "made", "for", "long", "days", "outside", "easy", "to", "clean", "by", "hand", "comes", "in",
    "box", "of", "plain", "card", "no", "tools", "needed", "fits", "most", "cupboards", "keeps",
    "its", "shape", "after", "years", "use",
)  # fmt: skip


def brand(number: int) -> str:
    """Return one of the 2,000 brands.

    >>> brand(0), brand(1234)
    ('Bababa 0', 'Hadifo 1')
    """
    first, second, third = number // 1000 % 10, number // 100 % 10, number // 10 % 10
    syllables = SYLLABLES[(first + number) % 10], SYLLABLES[second], SYLLABLES[third]
    return f"{syllables[0]}{syllables[1].lower()}{syllables[2].lower()} {number // 1000}"
