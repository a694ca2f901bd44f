"""From what somebody may see, as policies say it, to the access that readers and writers ask."""

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import EVERYTHING, Policy
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Scope


def compile_access(definition: Definition, policy: Policy, scope: Scope) -> Access:
    """Return the access of a policy in a scope; computed once per definition version.

    Raises BadInput when the condition of the policy no longer holds good; its faults name
    attributes that the caller may not know.
    """
    key = ("access", policy.key, scope.text)
    known: Access | None = definition.derived.get(key)
    if known is None:
        known = Access(definition, policy, scope)
        if policy.rows:
            everything = compile_access(definition, EVERYTHING, Scope())
            known.rows = parse_condition(policy.rows, everything, any_attribute=True)
        definition.derived[key] = known
    return known
