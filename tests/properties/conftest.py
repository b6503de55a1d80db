"""How many made-up inputs each property is tried with.

The usual few are the same in every run. HYPOTHESIS_PROFILE=many looks for new ones, for as long as it takes:

    HYPOTHESIS_PROFILE=many pytest tests/properties
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "few",
    derandomize=True,
    max_examples=4,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("many", settings.get_profile("few"), derandomize=False, max_examples=200)
