"""What every deployment shares, gathered from the topic files."""

from pathlib import Path

from marketplace.settings.applications import *  # noqa: F403
from marketplace.settings.auth import *  # noqa: F403
from marketplace.settings.i18n import *  # noqa: F403
from marketplace.settings.limits import *  # noqa: F403
from marketplace.settings.logs import *  # noqa: F403
from marketplace.settings.market import *  # noqa: F403
from marketplace.settings.rest import *  # noqa: F403
from marketplace.settings.security import *  # noqa: F403
from marketplace.settings.servers import *  # noqa: F403
from marketplace.settings.web import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parents[2]
