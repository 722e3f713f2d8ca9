"""What is asked of the aggregate over HTTP with the admin key, and how it is refused."""

import secrets

from services.runtime.health import Answer, Asked
from services.runtime.settings import Settings


def problem(status: int, zh: str, en: str) -> Answer:
    """A refusal in Chinese and English."""
    return Answer(status, {"status": status, "title": f"{zh} / {en}"})


NEEDED = problem(401, "需要管理密钥（PACEKEEPER_ADMIN_KEY）", "the admin key is needed")
AWAY = problem(503, "存储或消息服务暂不可用，请稍后再试", "store or broker away: try again")


def asks(settings: Settings, asked: Asked) -> bool:
    """Does it come with the admin key? Without one set, nobody is the admin."""
    admin = settings.admin_key.get_secret_value()
    return bool(admin) and secrets.compare_digest(asked.key.encode(), admin.encode())
