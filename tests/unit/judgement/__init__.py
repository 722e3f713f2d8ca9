"""The worked examples of docs/judgement.md, by the section that shows them."""

from tests.unit.judgement.alerts import STORIES as STORIES
from tests.unit.judgement.figures import FIGURES
from tests.unit.judgement.goals import GOALS
from tests.unit.judgement.lamps import LAMPS
from tests.unit.judgement.numbers import NUMBERS, TRAJECTORIES

EXAMPLES = FIGURES | GOALS | TRAJECTORIES | NUMBERS | LAMPS
