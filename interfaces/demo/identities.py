"""Makes up names and identifiers that are well formed and denote nobody.

Codes carry correct check characters; citizen ids lie in regions 99xxxx, which do not exist.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CITIZEN_CHECKS = "10X98765432"
BODY_LENGTH = 8

FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN_NAMES = "伟刚勇敏强杰娟艳涛明超秀霞平丽静磊洋军娜"
DISTRICTS = ("江岸", "江汉", "硚口", "汉阳", "青山", "洪山", "东湖", "蔡甸", "江夏", "黄陂")
TRADE_NAMES = ("晨曦", "宏图", "云杉", "长青", "鼎盛", "瑞丰", "博雅", "远帆", "金穗", "星野")
TRADES = ("环保科技", "商贸", "药业", "食品", "化工", "物业服务", "餐饮管理", "建筑工程", "运输")


def credit_code(random: Random, *, prefix: str, division: str) -> str:
    """A unified social credit code (统一社会信用代码): 18 characters, both check characters correct.

    ``prefix`` is the two characters of the registering department (91 enterprise, 92 individual
    business), ``division`` the six digits of the place.
    """
    body = "".join(random.choices(CODE_CHARACTERS, k=BODY_LENGTH))
    return with_check(prefix + division + body + _body_check(body))


def with_check(first_17: str) -> str:
    """``first_17`` with the check character of GB 32100 behind it."""
    total = sum(
        CODE_CHARACTERS.index(character) * weight
        for character, weight in zip(first_17, CODE_WEIGHTS, strict=True)
    )
    return first_17 + CODE_CHARACTERS[(31 - total % 31) % 31]


def broken_code(code: str) -> str:
    """``code`` with a check character that is wrong."""
    wrong = CODE_CHARACTERS[(CODE_CHARACTERS.index(code[-1]) + 7) % len(CODE_CHARACTERS)]
    return code[:-1] + wrong


def citizen_id(random: Random, *, birth: date) -> str:
    """A citizen id (公民身份号码) of a region that does not exist, with a correct check digit."""
    first_17 = f"99010{random.randint(1, 9)}{birth:%Y%m%d}{random.randint(1, 999):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(first_17, CITIZEN_WEIGHTS, strict=True))
    return first_17 + CITIZEN_CHECKS[total % 11]


def adult_birth(random: Random, *, on: date) -> date:
    """A day of birth of somebody who is between 20 and 65 years old on ``on``."""
    return on - timedelta(days=random.randint(20 * 366, 65 * 365))


def person_name(random: Random) -> str:
    """A made-up name of two or three characters."""
    return random.choice(FAMILY_NAMES) + "".join(random.choices(GIVEN_NAMES, k=random.randint(1, 2)))


def company_name(random: Random) -> str:
    """A made-up company of the demo city."""
    return f"示范{random.choice(DISTRICTS)}{random.choice(TRADE_NAMES)}{random.choice(TRADES)}有限公司"


def shop_name(random: Random) -> str:
    """A made-up individual business (个体工商户)."""
    return f"{random.choice(DISTRICTS)}区{random.choice(TRADE_NAMES)}{random.choice(TRADES)}经营部"


def _body_check(body: str) -> str:
    values = [int(character, 36) for character in body]
    remainder = 11 - sum(value * weight for value, weight in zip(values, BODY_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))
