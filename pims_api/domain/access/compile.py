"""The compiler from a policy and a scope to an access."""

from collections.abc import Hashable

from pims_api.domain.access.access import Access
from pims_api.domain.access.policy import EVERYTHING, Policy
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.definition import Definition
from pims_api.domain.values.scope import Scope


def compile_access(definition: Definition, policy: Policy, scope: Scope) -> Access:
    """Return the access of a policy in a scope, cached for the version of the definition.

    Raises BadInput when the condition of the policy is not valid any more; its faults name
    attributes that the caller may not know.
    """
    compiled, key = definition.derive(_compiled), (policy.key, scope.text)
    known = compiled.get(key)
    if known is None:
        known = Access(definition, policy, scope)
        if policy.rows:
            everything = compile_access(definition, EVERYTHING, Scope())
            known.rows = parse_condition(policy.rows, everything, any_attribute=True)
        compiled[key] = known
    return known


def _compiled(_: Definition) -> dict[tuple[Hashable, str], Access]:
    """Return the cache of compiled accesses by policy and scope, empty."""
    return {}
